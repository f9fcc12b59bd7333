import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { describe, expect, it, onTestFinished } from 'vitest';

import type { Page, ServiceRow } from '@ecsm/ecsm-client';

import { parseCommandLine } from '../src/command-line.js';
import { run } from '../src/run.js';
import { matching } from './helpers/matchers.js';
import { Api } from './helpers/api.js';
import { dynamicService } from './helpers/requests.js';

const main = new URL('../src/main.ts', import.meta.url).pathname;

/** Starts the command as a process of its own and waits for the line with its address. */
async function start(args: readonly string[], env: Record<string, string> = {}) {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    process.execPath,
    ['--conditions=@ecsm/source', '--import', 'tsx', main, ...args],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  while (!output.stdout.includes('\n')) await once(child.stdout, 'data');
  const url = /^ecsm-simulator listening on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output.stdout)![1]!;
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    const exit = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  };
  const until = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(output.stderr)) await once(child.stderr, 'data');
  };
  return { api: new Api(url), child, output, stop, until, url };
}

/** Runs the command in this process, for what ends by itself. */
async function runToEnd(argv: readonly string[], env: Record<string, string> = {}) {
  const output = { stdout: '', stderr: '' };
  const code = await run(argv, {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    env,
    on: () => undefined,
    off: () => undefined,
  });
  return { code, ...output };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ecsm-simulator-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('ecsm-simulator as a process', () => {
  it('serves, logs what happens, shows its table on SIGUSR1 and ends with 0 on SIGTERM', async () => {
    const { api, child, output, stop, until } = await start(['--port', '0', '--speed', '100']);
    await api.data('POST', '/service', dynamicService());
    await until(/container web-\w+ runs on worker-1/);
    child.kill('SIGUSR1');
    await until(/^NODE +STATUS[^]*^web +complete/m);
    expect(await stop('SIGTERM')).toBe(0);
    expect(output.stderr).toMatch(/\[\d\d:\d\d:\d\d\] INFO: service web is created with web@1.0.0#sylixos/);
    expect(output.stdout.split('\n')).toHaveLength(2);
  });

  it('ends with 0 on SIGINT while a request will never be answered, and goes on from its state', async () => {
    const state = join(await temporaryFolder(), 'state.json');
    const first = await start(['--state', state, '--log-format', 'json'], {
      ECSM_SIMULATOR_PORT: '0',
      ECSM_SIMULATOR_SPEED: '1000',
    });
    await first.api.data('POST', '/service', dynamicService());
    await first.until(/"containerStarted"[^]*"containerStarted"/);
    expect(
      first.output.stderr
        .trim()
        .split('\n')
        .every((line) => typeof JSON.parse(line) === 'object'),
    ).toBe(true);
    expect(await first.stop('SIGINT')).toBe(0);
    const second = await start(['--state', state, '--port', '0', '--faults', '{"rules":[{"kind":"lost","skip":1}]}']);
    const page = await second.api.data<Page<ServiceRow>>('GET', '/service?pageNum=1&pageSize=9');
    expect(page.list).toMatchObject([{ name: 'web', instanceOnline: 2 }]);
    const lost = second.api.fetch('GET', '/service/summary').catch(() => 'ended');
    expect(await second.stop('SIGINT')).toBe(0);
    expect(await lost).toBe('ended');
  });
});

it('a state that is saved at the end holds everything that was answered', async () => {
  const state = join(await temporaryFolder(), 'state.json');
  const listeners = new Map<string, () => void>();
  let listening: (url: string) => void = () => undefined;
  const address = new Promise<string>((resolve) => (listening = resolve));
  const ended = run(['--port', '0', '--state', state], {
    stdout: { write: (text) => listening(/http:\S+/.exec(text)?.[0] ?? '') },
    stderr: { write: () => undefined },
    env: {},
    on: (signal, listener) => listeners.set(signal, listener),
    off: () => undefined,
  });
  const api = new Api(await address);
  const answered: string[] = [];
  const write = async (): Promise<void> => {
    for (;;) {
      const key = `key-${answered.length}`;
      await api.data('POST', '/configmap', { key, type: 'string', value: '' });
      answered.push(key);
      if (answered.length === 3) listeners.get('SIGTERM')?.();
    }
  };
  await expect(write()).rejects.toThrow();
  expect(await ended).toBe(0);
  const { configItems } = JSON.parse(await readFile(state, 'utf8')) as { configItems: { key: string }[] };
  expect(configItems.map(({ key }) => key)).toEqual(expect.arrayContaining(answered));
});

describe('ecsm-simulator with something to say', () => {
  it('prints its help and its version', async () => {
    expect(await runToEnd(['--help'])).toMatchObject({
      code: 0,
      stdout: matching(/--cluster/),
      stderr: '',
    });
    expect(await runToEnd(['--version'])).toMatchObject({
      code: 0,
      stdout: matching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it.each([
    [['--port', 'abc'], '--port: "abc" must be an integer from 0 to 65535'],
    [['--port', '70000'], '--port: "70000" must be an integer from 0 to 65535'],
    [['--port', '1.5'], '--port: "1.5" must be an integer from 0 to 65535'],
    [['--speed', '-1'], '--speed: "-1" must be a number from 0 to 1000'],
    [['--seed', ''], '--seed: "" must be an integer from 0 to 2147483647'],
    [['--faults', 'moon'], '--faults: "moon" must be one of lan, edge, satellite'],
    [['--faults', '{'], /^ecsm-simulator: --faults: .*JSON/],
    [['--setting', 'putRestarts'], '--setting: "putRestarts" must be of the form NAME=VALUE'],
    [['--setting', 'a=b'], '--setting: a is not a known field'],
    [['--setting', 'nodeBootMs=soon'], '--setting: nodeBootMs: "soon" must be number'],
    [['--setting', 'putRestarts=no'], '--setting: putRestarts: "no" must be one of changed, all'],
    [['--runtime', 'vm'], /Argument: runtime, Given: "vm", Choices: "simulated", "process"/],
    [['--moon'], /Unknown argument: moon/],
    [['--port', '1', '--port', '2'], '--port is given more than once'],
    [['--port'], /Not enough arguments following: port/],
    [['--state', '/does/not/exist.json'], /^ecsm-simulator: state file \S+ could not be saved: ENOENT/],
    [['--cluster', '/does/not/exist.yaml'], /\/does\/not\/exist.yaml: ENOENT/],
  ])('%j ends with 2', async (argv, message) => {
    const { code, stderr, stdout } = await runToEnd(argv);
    expect([code, stdout]).toEqual([2, '']);
    if (typeof message === 'string') expect(stderr).toBe(`ecsm-simulator: ${message}\n`);
    else expect(stderr).toMatch(message);
  });

  it('says which field of a cluster file, configuration or environment is wrong', async () => {
    const folder = await temporaryFolder();
    const [cluster, config, state] = ['cluster.yaml', 'config.yaml', 'state.json'].map((name) => join(folder, name));
    await writeFile(cluster!, 'nodes: [{name: a, os: beos}]');
    await writeFile(config!, 'prt: 5');
    await writeFile(state!, '{"version":');
    expect(await runToEnd(['--cluster', cluster!])).toMatchObject({
      code: 2,
      stderr: `ecsm-simulator: ${cluster}: nodes[0].os: "beos" must be one of sylixos, linux\n`,
    });
    expect(await runToEnd(['--config', config!])).toMatchObject({
      code: 2,
      stderr: matching(/prt is not a known flag/),
    });
    expect(await runToEnd([], { ECSM_SIMULATOR_PORT: 'x' })).toMatchObject({
      code: 2,
      stderr: matching(/--port: "x"/),
    });
    expect(await runToEnd(['--state', state!])).toMatchObject({
      code: 2,
      stderr: matching(/state.json cannot be used/),
    });
    expect(await readFile(state!, 'utf8')).toBe('{"version":');
    await writeFile(state!, '{"version": 1, "nowMs": 0}');
    expect(await runToEnd(['--state', state!])).toMatchObject({
      code: 2,
      stderr: matching(/state.json cannot be used: random must be a list; remove it to begin anew/),
    });
    const lists = { registries: [], images: [], services: [], tasks: [], templates: [], configItems: [] };
    for (const inside of [
      { random: [], nodes: [] },
      { random: [1, 2, 3, 4], nodes: [null] },
    ]) {
      await writeFile(state!, JSON.stringify({ version: 1, nowMs: 0, ...lists, ...inside }));
      expect(await runToEnd(['--state', state!])).toMatchObject({
        code: 2,
        stderr: matching(/state.json cannot be used: .*; remove it to begin anew/),
      });
    }
  });

  it('takes a flag before the environment, and that before the configuration file', async () => {
    const config = join(await temporaryFolder(), 'config.yaml');
    await writeFile(config, 'port: file\nspeed: file\nseed: file\n');
    const env = {
      ECSM_SIMULATOR_CONFIG: config,
      ECSM_SIMULATOR_PORT: 'environment',
      ECSM_SIMULATOR_SPEED: 'environment',
    };
    expect((await runToEnd(['--port', 'flag'], env)).stderr).toMatch(/--port: "flag"/);
    expect((await runToEnd([], env)).stderr).toMatch(/--port: "environment"/);
    expect((await runToEnd(['--port', '0'], env)).stderr).toMatch(/--seed: "file"/);
    expect((await runToEnd(['--port', '0', '--seed', '1'], env)).stderr).toMatch(/--speed: "environment"/);
  });

  it('takes numbers, lists and mappings from the configuration file', async () => {
    const config = join(await temporaryFolder(), 'config.yaml');
    await writeFile(
      config,
      'port: 0\nseed: 3\nspeed: 10\ncontrol: true\nstate:\nsetting: [createMs=5]\nfaults: {latencyMs: 1}',
    );
    const line = await parseCommandLine(['--config', config], {}, '');
    expect(line).toMatchObject({
      options: {
        port: 0,
        seed: 3,
        speed: 10,
        control: true,
        state: undefined,
        settings: { createMs: 5 },
        faults: { latencyMs: 1 },
      },
    });
    expect(await runToEnd([], { ECSM_SIMULATOR_CONTROL: 'yes' })).toMatchObject({
      code: 2,
      stderr: 'ecsm-simulator: --control: "yes" must be true or false\n',
    });
  });

  it('ends with 1 when the port is in use, saying so', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await runToEnd(['--port', String(port)])).toMatchObject({
      code: 1,
      stderr: matching(/EADDRINUSE/),
    });
  });
});
