import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Etcd3 } from 'etcd3';

/** One etcd member with the same objects, over gRPC. */
export interface EtcdPeer extends AsyncDisposable {
  update(index: number, value: string): Promise<void>;
  get(index: number): Promise<unknown>;
  list(): Promise<readonly unknown[]>;
}

/** Why a row has no etcd figure. */
export const etcdMissing = 'etcd is not on the PATH: install etcd-server to compare';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts etcd in the folder and fills it; `undefined` where etcd is not installed. */
export async function openEtcd(
  folder: string,
  names: readonly string[],
  values: readonly string[],
): Promise<EtcdPeer | undefined> {
  if (spawnSync('etcd', ['--version']).error !== undefined) return undefined;
  const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const child = spawn(
    'etcd',
    [
      ...['--data-dir', join(folder, 'etcd'), '--name', 'bench', '--log-level', 'error'],
      ...['--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `bench=${peer}`],
    ],
    { stdio: 'ignore' },
  );
  const etcd = new Etcd3({ hosts: client, grpcOptions: { 'grpc.max_receive_message_length': -1 } });
  const key = (index: number): string => `/registry/ecsmservices/default/${names[index] ?? ''}`;
  for (let attempt = 0; ; attempt++) {
    try {
      await etcd.put('/ready').value('1');
      break;
    } catch (error) {
      if (attempt > 100) throw error;
      await delay(100);
    }
  }
  for (let from = 0; from < names.length; from += 100) {
    const indexes = Array.from({ length: Math.min(100, names.length - from) }, (_, at) => from + at);
    await Promise.all(indexes.map((index) => etcd.put(key(index)).value(values[index] ?? '')));
  }
  const revisions = new Map<number, string>();
  return {
    async update(index, value) {
      const known = revisions.get(index) ?? (await etcd.get(key(index)).exec()).kvs[0]?.mod_revision ?? '0';
      const result = await etcd
        .if(key(index), 'Mod', '==', Number(known))
        .then(etcd.put(key(index)).value(value))
        .commit();
      if (!result.succeeded) throw new Error('lost update');
      revisions.set(index, result.header.revision);
    },
    get: async (index) => JSON.parse((await etcd.get(key(index)).string()) ?? 'null') as unknown,
    async list() {
      const found = await etcd.getAll().prefix('/registry/ecsmservices/').strings();
      return Object.values(found).map((value) => JSON.parse(value) as unknown);
    },
    async [Symbol.asyncDispose]() {
      etcd.close();
      const closed = once(child, 'close');
      child.kill();
      await closed;
    },
  };
}
