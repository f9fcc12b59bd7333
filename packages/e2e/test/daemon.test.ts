import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ECSMService, Event } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';
import { describe, expect, it } from 'vitest';

import { eachWithDaemons } from './helpers/daemon-operators.js';
import { dynamicService } from './helpers/manifests.js';
import { eventually } from './helpers/program.js';

const daemons = eachWithDaemons();

async function names(): Promise<readonly string[]> {
  const { items } = await daemons.system.registry.resource(ECSMService).list();
  return items.map(({ metadata }) => metadata.name);
}

async function reasons(): Promise<readonly string[]> {
  const { items } = await daemons.system.registry.resource(Event).list();
  return items.map(({ involvedObject, reason }) => `${involvedObject.kind} ${reason}`);
}

describe('a folder of manifests', () => {
  it('is followed: edits, renames of editors, checkouts of git, bad files, and removals', async () => {
    const folder = join(daemons.system.home, 'manifests');
    await mkdir(folder);
    const git = (...args: readonly string[]): void => {
      const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main'];
      execFileSync('git', [...identity, ...args], { cwd: folder, stdio: 'pipe' });
    };
    await writeFile(join(folder, 'a.yaml'), dynamicService('a', 1));
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'one');
    // Changes must be heard of: the next look is an hour away.
    const operator = daemons.start(['--manifests', folder, '--prune', '--manifests-rescan', '1h', '--health', '0']);
    await daemons.system.settled('a', 1);
    git('checkout', '-qb', 'more');
    await writeFile(join(folder, 'b.yaml'), dynamicService('b', 1));
    git('add', '.');
    git('commit', '-qm', 'two');
    await daemons.system.settled('b', 1);
    git('checkout', '-q', 'main');
    await eventually('b is pruned', async () => (await names()).join() === 'a');
    git('checkout', '-q', 'more');
    await daemons.system.settled('b', 1);
    // As an editor saves: a new file takes the place of the old one.
    await writeFile(join(folder, '.a.yaml.swp'), dynamicService('a', 2));
    await rename(join(folder, '.a.yaml.swp'), join(folder, 'a.yaml'));
    await daemons.system.settled('a', 2);
    await writeFile(join(folder, 'bad.yaml'), 'kind: [');
    const refused = await operator.logs(/cannot be applied/);
    expect(refused['file']).toBe(join(folder, 'bad.yaml'));
    await eventually('the event is there', async () => (await reasons()).includes('Manifest ManifestRefused'));
    await writeFile(join(folder, 'bad.yaml'), dynamicService('c', 1));
    await operator.logs('the manifests of this file are good again');
    await daemons.system.settled('c', 1);
    expect((await operator.page('/healthz')).status).toBe(200);
  });
});

describe('the configuration', () => {
  it('is read anew at SIGHUP, and stays as it was when it is no good', async () => {
    const config = join(daemons.system.home, 'operator.yaml');
    await writeFile(config, 'logLevel: info\n');
    const operator = daemons.start(['--config', config]);
    await operator.logs('leading');
    await writeFile(config, 'logLevel: debug\nworkers: 2\noperatorId: two\n');
    operator.signal('SIGHUP');
    expect((await operator.logs('configuration read anew'))['changed']).toEqual(['workers', 'logLevel']);
    expect((await operator.logs(/restart needed/))['fields']).toEqual(['operatorId']);
    await writeFile(config, 'logLevel: loud\n');
    operator.signal('SIGHUP');
    expect((await operator.logs(/stays in force/))['error']).toContain(`${config}:1: logLevel is "loud"`);
    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe(0);
  });
});

describe('a reload that is asked for while the program starts', () => {
  it('does not end it', async () => {
    const config = join(daemons.system.home, 'operator.yaml');
    execFileSync('mkfifo', [config]);
    const operator = daemons.start(['--config', config]);
    // Opened for writing as soon as somebody reads.
    const written = await open(config, 'w');
    operator.signal('SIGHUP');
    await written.writeFile('workers: 2\n');
    await written.close();
    await operator.logs('leading');
    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe(0);
  });
});

describe('the registry', () => {
  it('that was put back is reported until somebody acknowledges it', async () => {
    await using registry = await Registry.open({ path: daemons.system.registryPath });
    await registry.backup(join(daemons.system.home, 'copy.db'));
    await daemons.system.apply(dynamicService('web', 1));
    await registry.close();
    await daemons.system.registry.close();
    for (const end of ['-wal', '-shm']) await rm(`${daemons.system.registryPath}${end}`, { force: true });
    await copyFile(join(daemons.system.home, 'copy.db'), daemons.system.registryPath);
    const operator = daemons.start(['--health', '0', '--metrics', '0']);
    expect((await operator.logs(/acknowledged revisions \d+ to \d+ are missing/)).level).toBe('error');
    await eventually('it is not ready', async () => (await operator.page('/readyz')).status === 503);
    expect((await operator.page('/readyz')).text).toMatch(/\[-\] registry failed: acknowledged revisions/);
    const acknowledged = await run('registry', 'acknowledge', '--registry', daemons.system.registryPath);
    expect(acknowledged).toMatch(/the loss of revisions \d+ to \d+ is acknowledged/);
    await eventually('it is ready', async () => (await operator.page('/readyz')).status === 200);
  });

  it('that was replaced under the program ends it with 3, though nobody asks and nothing is to be written', async () => {
    const operator = daemons.start(['--health', '0']);
    await operator.logs('leading');
    await rename(daemons.system.registryPath, `${daemons.system.registryPath}.old`);
    await copyFile(`${daemons.system.registryPath}.old`, daemons.system.registryPath);
    expect(await operator.ended()).toBe(3);
    const msg = expect.stringContaining('was moved, removed or replaced while it was open') as string;
    expect(operator.lines.at(-1)).toMatchObject({ level: 'error', exitCode: 3, msg });
  });
});

describe('signals', () => {
  it('a second one ends it at once, whatever it waits for', async () => {
    // A platform that shows its list and answers nothing else: what is under way would be waited for.
    let hear: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (hear = resolve));
    const empty = JSON.stringify({
      status: 200,
      message: 'ok',
      data: { list: [], total: 0, pageNum: 1, pageSize: 100 },
    });
    const deaf = createServer(({ method, url = '' }, response) => {
      if (method === 'GET' && /\/service\?/.test(url))
        response.setHeader('content-type', 'application/json').end(empty);
      else hear();
    });
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const { port } = deaf.address() as AddressInfo;
    await daemons.system.apply(dynamicService('web', 1));
    const patient = ['--request-timeout', '10m', '--stop-timeout', '10m'];
    const operator = daemons.start(patient, { platformUrl: `http://127.0.0.1:${port}` });
    await asked;
    operator.signal('SIGTERM');
    await operator.logs('stopping');
    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe(130);
    deaf.closeAllConnections();
    deaf.close();
  });
});

/** Runs a command of the program that ends by itself, and returns what it prints. */
function run(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const binary = new URL('../../operator/bin/ecsm-operator.js', import.meta.url).pathname;
    const child = spawn(process.execPath, [binary, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.on('error', reject).on('close', () => resolve(text));
  });
}

/** Receives what programs tell systemd, as systemd does. */
const receiver = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True: print(s.recv(4096).decode(), flush=True)
`;

describe('systemd', () => {
  it('is told of start, reload, life and stop; where its tool is missing the log says so', async () => {
    const config = join(daemons.system.home, 'operator.yaml');
    await writeFile(config, '');
    const socket = join(daemons.system.home, 'notify');
    const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '2000000' };
    const lost = daemons.start(['--config', config], { env: { ...env, PATH: '/nowhere' } });
    await lost.logs('systemd cannot be told how the service fares');
    lost.signal('SIGKILL');
    let sent = '';
    const listener = spawn('python3', ['-c', receiver, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    listener.stdout.setEncoding('utf8').on('data', (text: string) => (sent += text));
    try {
      await eventually('somebody listens', () => sent.includes('listening'));
      const operator = daemons.start(['--config', config], { env });
      await eventually('it is ready and alive', () => /READY=1[\s\S]*WATCHDOG=1[\s\S]*WATCHDOG=1/.test(sent));
      operator.signal('SIGHUP');
      await eventually('it reloads', () => /RELOADING=1\nMONOTONIC_USEC=\d+[\s\S]*READY=1/.test(sent));
      operator.signal('SIGTERM');
      expect(await operator.ended()).toBe(0);
      expect(sent).toMatch(/STOPPING=1/);
    } finally {
      listener.kill();
    }
  });
});

/** A terminal that closes as soon as the program in it has printed what it is to print. */
const terminal = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
while b"Ctrl-C stops" not in seen: seen += os.read(terminal, 4096)
print(seen.decode())
os.close(terminal)
_, status = os.waitpid(pid, 0)
print("ended by", os.waitstatus_to_exitcode(status))
`;

describe('a terminal that goes', () => {
  it('stops a simulation in order, and the temporary registry goes with it', async () => {
    const binary = fileURLToPath(new URL('../../operator/bin/ecsm-operator.js', import.meta.url));
    const simulation = [process.execPath, binary, '--simulate', '--simulate-port', '0'];
    const child = spawn('python3', ['-c', terminal, ...simulation], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    await once(child, 'close');
    expect(text).toContain('ended by -1');
    const [, registry = ''] = /ECSM_REGISTRY=(\S+\/registry\.db)/.exec(text) ?? [];
    expect(registry).toContain('ecsm-operator-');
    expect(existsSync(dirname(registry))).toBe(false);
  });
});

describe('two operators of one id with registries of their own', () => {
  it('notice that somebody undoes what they do', { timeout: 120_000 }, async () => {
    const other = join(daemons.system.home, 'other.db');
    await using registry = await Registry.open({ path: other });
    await daemons.system.apply(dynamicService('web', 1));
    const manifest = await daemons.system.services.get('web');
    const { apiVersion, kind, spec } = manifest;
    const template = { ...spec.template, image: 'web@1.1.0#sylixos' };
    const metadata = { name: 'web', namespace: 'default' };
    await registry.resource(ECSMService).create({ apiVersion, kind, metadata, spec: { ...spec, template } });
    const first = daemons.start();
    const second = daemons.start([], { registryPath: other });
    const told = [first, second].map((each) => each.logs(/was set right three times/, 0, 90_000));
    expect((await Promise.any(told)).msg).toContain('another operator with the id "default"');
  });
});
