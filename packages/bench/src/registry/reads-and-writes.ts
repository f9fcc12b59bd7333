import type { ECSMService, Stored } from '@ecsm/api-types';

import { cost, rate, type Benchmark, type Result } from '../benchmark.js';
import { openByHand } from './by-hand.js';
import { etcdMissing, openEtcd } from './etcd-peer.js';
import { measureMs, measureRates, type Contender } from './interleave.js';
import { openLmdb } from './lmdb-peer.js';
import { openRawSqlite } from './raw-sqlite.js';
import { fillRegistry, service, temporaryFolder } from './sample.js';

const note = 'objects of 1.5 KB, 10,000 stored, defaulting and full validation included';

/** Writers at the same time, each waiting for its own answer. */
const inFlight = 32;

function* compareRates(name: string, found: ReadonlyMap<string, number>, peers: readonly string[]): Generator<Result> {
  const ours = found.get('ours') ?? 0;
  for (const peer of peers) {
    const theirs = found.get(peer);
    if (theirs !== undefined) yield rate(name, 'ops/s', ours, theirs, peer, note);
    else yield { name, unit: 'ops/s', ours, peerName: peer, note: etcdMissing };
  }
}

async function* updateDurable(): AsyncGenerator<Result> {
  await using folder = await temporaryFolder();
  await using filled = await fillRegistry(folder.path);
  const { services, objects } = filled;
  const names = objects.map((object) => object.metadata.name);
  const values = objects.map((object) => JSON.stringify(object));
  using raw = openRawSqlite(folder.path, names, values);
  using byHand = openByHand(folder.path, objects);
  await using lmdb = await openLmdb(folder.path, names, values);
  await using etcd = await openEtcd(folder.path, names, values);
  const at = (turn: number): number => (turn * 31) % objects.length;
  // Only versions are kept, as the peers keep them: answers held for later would burden nobody but ours with their memory.
  const versions = objects.map((object) => object.metadata.resourceVersion);
  const changed = (turn: number): Stored<ECSMService> => {
    const object = objects[at(turn)]!;
    const { env = [] } = service(0, turn).spec.template;
    return {
      ...object,
      metadata: { ...object.metadata, resourceVersion: versions[at(turn)]! },
      spec: { ...object.spec, template: { ...object.spec.template, env } },
    };
  };
  const contenders: Contender[] = [
    {
      name: 'ours',
      run: async (turn) => {
        versions[at(turn)] = (await services.update(changed(turn))).metadata.resourceVersion;
      },
    },
    { name: 'better-sqlite3', run: (turn) => raw.update(at(turn), JSON.stringify(changed(turn))) },
    { name: 'the same by hand', run: (turn) => byHand.update(at(turn), changed(turn)) },
    { name: 'lmdb', run: (turn) => lmdb.update(at(turn), JSON.stringify(changed(turn))) },
    ...(etcd === undefined
      ? []
      : [{ name: 'etcd', run: (turn: number) => etcd.update(at(turn), JSON.stringify(changed(turn))) }]),
  ];
  const rates = await measureRates(contenders);
  yield* compareRates('update durable', rates, ['better-sqlite3', 'etcd', 'lmdb', 'the same by hand']);
  // Turns that were not used above, so that every object changes.
  const together = contenders
    .filter(({ name }) => ['ours', 'better-sqlite3', 'etcd'].includes(name))
    .map(({ name, run }) => ({
      name,
      run: (turn: number) =>
        Promise.all(Array.from({ length: inFlight }, (_, at) => run(1_000_000 + turn * inFlight + at))),
    }));
  const found = await measureRates(together);
  const perUpdate = new Map([...found].map(([name, perSecond]) => [name, perSecond * inFlight]));
  yield* compareRates(`update durable, ${inFlight} in flight`, perUpdate, ['better-sqlite3', 'etcd']);
}

async function* reads(): AsyncGenerator<Result> {
  await using folder = await temporaryFolder();
  await using filled = await fillRegistry(folder.path);
  const { services, objects } = filled;
  const names = objects.map((object) => object.metadata.name);
  const values = objects.map((object) => JSON.stringify(object));
  using raw = openRawSqlite(folder.path, names, values);
  await using etcd = await openEtcd(folder.path, names, values);
  const at = (turn: number): number => (turn * 31) % objects.length;
  const gets = await measureRates([
    { name: 'ours', run: (turn) => services.get(names[at(turn)]!) },
    { name: 'better-sqlite3', run: (turn) => raw.get(at(turn)) },
    ...(etcd === undefined ? [] : [{ name: 'etcd', run: (turn: number) => etcd.get(at(turn)) }]),
  ]);
  yield* compareRates('get', gets, ['better-sqlite3', 'etcd']);
  const lists = await measureMs([
    { name: 'ours', run: () => services.list() },
    { name: 'better-sqlite3', run: () => raw.list() },
    { name: 'keys', run: () => services.listVersions() },
    ...(etcd === undefined ? [] : [{ name: 'etcd', run: () => etcd.list() }]),
  ]);
  const ours = lists.get('ours') ?? 0;
  yield cost('list 10000', 'ms', ours, lists.get('better-sqlite3') ?? 0, 'better-sqlite3', 'peer: select and parse');
  if (etcd !== undefined) yield cost('list 10000', 'ms', ours, lists.get('etcd') ?? 0, 'etcd');
  yield cost('list keys 10000', 'ms', lists.get('keys') ?? 0, ours, 'full list');
}

async function* batch(): AsyncGenerator<Result> {
  await using folder = await temporaryFolder();
  await using filled = await fillRegistry(folder.path, 1_000);
  const { registry, objects } = filled;
  const names = objects.map((object) => object.metadata.name);
  using raw = openRawSqlite(
    folder.path,
    names,
    objects.map((object) => JSON.stringify(object)),
  );
  using byHand = openByHand(folder.path, objects);
  const manifests = (turn: number) => names.map((_, index) => service(index, turn));
  const apply = async (turn: number, force: boolean): Promise<void> => {
    const results = await registry.applyAll(manifests(turn), { atomic: true, force });
    if (results.some(({ outcome }) => outcome !== 'configured')) throw new Error('a manifest was not applied');
  };
  // The objects were created, not applied: the first apply takes their fields over.
  await apply(1, true);
  const found = await measureMs([
    { name: 'ours', run: (turn) => apply(turn + 2, false) },
    {
      name: 'better-sqlite3',
      run: (turn) => raw.updateAll(manifests(turn + 2).map((object) => JSON.stringify(object))),
    },
    { name: 'the same by hand', run: (turn) => byHand.applyAll(manifests(turn + 2)) },
  ]);
  const ours = found.get('ours') ?? 0;
  for (const [peer, what] of [
    ['better-sqlite3', 'against a plain update, each in one transaction'],
    ['the same by hand', 'with and without the layers of the registry'],
  ] as const) {
    const note = `three-way merge with validation and the last applied manifests ${what}`;
    yield cost('apply batch 1000', 'ms', ours, found.get(peer) ?? 0, peer, note);
  }
}

/** Single objects, lists and batches against a hand-written SQLite table, lmdb and etcd. */
export const readsAndWrites: readonly Benchmark[] = [
  { name: 'update durable', description: 'Updates of one object, on the disk when answered.', run: updateDurable },
  { name: 'get', description: 'Single reads, and lists of 10,000 with and without their objects.', run: reads },
  { name: 'apply batch 1000', description: 'A thousand manifests applied in one transaction.', run: batch },
];
