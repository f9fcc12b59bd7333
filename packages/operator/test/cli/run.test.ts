import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { run } from '../../src/run.js';
import { TestIo } from '../helpers/test-io.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operator-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function manifest(name: string, image: string): string {
  return `apiVersion: ecsm.sh/v1
kind: ECSMService
metadata: {name: ${name}}
spec:
  deploymentStrategy: {type: Dynamic, replicas: 2, nodePool: [worker-1, worker-2]}
  template: {image: ${image}}
`;
}

const fast = [
  '--simulate',
  '--simulate-port',
  '0',
  '--simulate-speed',
  '50',
  '--poll-interval-moving',
  '20ms',
  '--log-format',
  'json',
];

function messages(log: string): readonly unknown[] {
  return log
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly msg: unknown }).msg);
}

describe('run', () => {
  it('with --once ends with 0 as soon as everything is Available', async () => {
    const io = new TestIo();
    const path = join(folder, 'web.yaml');
    await writeFile(path, manifest('web', 'web@1.0.0#sylixos'));
    expect(await run([...fast, '--once', '--manifests', path], io)).toBe(0);
    expect(io.out).toMatch(/manifest +ecsmservice\/web created/);
    expect(io.out).toMatch(/operator +default\/web: \+ web-/);
    expect(io.out).toMatch(/platform +container web-.* runs on worker-/);
  });

  it('with --once applies the files of a folder that it would follow without', async () => {
    const io = new TestIo();
    const manifests = join(folder, 'manifests');
    // As Kubernetes mounts configuration: a hidden folder, a link to it, and links through that.
    for (const each of ['..data', '.git']) await mkdir(join(manifests, each), { recursive: true });
    await writeFile(join(manifests, '..data', 'web.yaml'), manifest('web', 'web@1.0.0#sylixos'));
    await writeFile(join(manifests, '.git', 'broken.yaml'), 'a: [');
    await symlink(join('..data', 'web.yaml'), join(manifests, 'web.yaml'));
    expect(await run([...fast, '--once', '--manifests', manifests], io)).toBe(0);
    expect(io.out.match(/ecsmservice\/web (?:created|unchanged)/g)).toEqual(['ecsmservice/web created']);
  });

  it('with --once ends with 1 and the reason when something does not come to rest', async () => {
    const io = new TestIo();
    const path = join(folder, 'web.yaml');
    await writeFile(path, manifest('web', 'missing@1.0.0#sylixos'));
    expect(await run([...fast, '--once', '--timeout', '400ms', '--manifests', path], io)).toBe(1);
    const line = io.err.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      exitCode: 1,
      msg: expect.stringMatching(/not done within 0.4 s\n {2}default\/web: .*missing@1.0.0/) as string,
    });
  });

  it('in the foreground says what to try, and stops at a signal', async () => {
    const io = new TestIo();
    const registry = join(folder, 'registry.db');
    const ended = run([...fast, '--log-level', 'info', '--registry', registry], io);
    await io.prints(/Ctrl-C stops/);
    expect(io.out).toContain(`export ECSM_REGISTRY=${registry} ECSMCTL_PLATFORM_URL=http://127.0.0.1:`);
    io.send('SIGTERM');
    expect(await ended).toBe(0);
    expect(io.exited).toBeUndefined();
    const said = messages(io.err);
    expect(said.slice(0, 2)).toEqual(['registry chosen', 'starting']);
    expect(said.slice(-2)).toEqual(['stopping', 'stopped']);
  });

  it('keeps what a pipe has said when it is asked to read its configuration anew', async () => {
    const io = new TestIo();
    const config = join(folder, 'config');
    execFileSync('mkfifo', [config]);
    const ended = run([...fast, '--log-level', 'info', '--config', config], io);
    await writeFile(config, 'pollInterval: 7s');
    await io.prints(/Ctrl-C stops/);
    io.send('SIGHUP');
    await io.prints(/stays in force/);
    expect(io.err).toContain('can be read only once: name a file');
    io.send('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('ends at once at a second signal', async () => {
    const io = new TestIo();
    const ended = run([...fast, '--registry', join(folder, 'registry.db')], io);
    await io.prints(/Ctrl-C stops/);
    io.send('SIGINT');
    io.send('SIGINT');
    expect(io.exited).toBe(130);
    await ended;
  });

  it('names the file and the rule of a manifest that is no good', async () => {
    const io = new TestIo();
    const path = join(folder, 'bad.yaml');
    await writeFile(path, manifest('Web/1', 'web@1.0.0'));
    expect(await run([...fast, '--once', '--manifests', path], io)).toBe(2);
    expect(io.err).toContain(`${path}, document 1`);
    expect(io.err).toContain('metadata.name');
    await writeFile(path, 'a: [');
    expect(await run([...fast, '--once', '--manifests', path], io)).toBe(2);
    expect(io.err).toMatch(/bad\.yaml, document 1 \(line \d+, column \d+\)/);
  });

  it('ends with 2 for wrong usage and with 3 for a registry that cannot be opened', async () => {
    const io = new TestIo();
    expect(await run(['--wrong'], io)).toBe(2);
    expect(await run(['--registry', join(folder, 'none', 'registry.db')], io)).toBe(3);
    expect(io.err).toContain('registry.db cannot be opened');
  });

  it.each([
    ['wrong usage', ['--wrong'], 2, /--wrong|wrong/],
    ['a registry that cannot be opened', ['--registry', '/none/registry.db'], 3, /registry\.db cannot be opened/],
  ] as const)('says why it ends for %s as the log is written', async (_what, argv, code, reason) => {
    const unattended = new TestIo();
    expect(await run(argv, unattended)).toBe(code);
    const last = JSON.parse(unattended.err.trim().split('\n').at(-1) ?? '') as Readonly<Record<string, unknown>>;
    expect(last).toMatchObject({ level: 'error', exitCode: code, msg: expect.stringMatching(reason) as string });
    expect(last).toHaveProperty('time');
    for (const asked of [['--log-format', 'pretty'], ['--log-format=pretty']]) {
      const person = new TestIo();
      expect(await run([...argv, ...asked], person)).toBe(code);
      expect(person.err).toMatch(/^ecsm-operator: /m);
      expect(person.err).toMatch(reason);
    }
    const byVariable = new TestIo({ ECSM_OPERATOR_LOG_FORMAT: 'pretty' });
    expect(await run(argv, byVariable)).toBe(code);
    expect(byVariable.err).toMatch(/^ecsm-operator: /m);
    const silent = new TestIo();
    expect(await run([...argv, '--log-level', 'silent'], silent)).toBe(code);
    expect(JSON.parse(silent.err)).toMatchObject({ exitCode: code });
  });

  it('says what chose the registry', async () => {
    const missing = '/none/registry.db';
    const file = join(folder, 'operator.yaml');
    await writeFile(file, `registry: ${missing}\n`);
    const sources: unknown[] = [];
    for (const [argv, env] of [
      [['--registry', missing], {}],
      [['--config', file], {}],
      [[], { ECSM_OPERATOR_REGISTRY: missing }],
      [[], { ECSM_REGISTRY: missing }],
    ] as const) {
      const io = new TestIo(env);
      expect(await run(argv, io)).toBe(3);
      const [chosen = ''] = io.err.split('\n').filter((line) => line.includes('registry chosen'));
      sources.push((JSON.parse(chosen) as { readonly source: unknown }).source);
    }
    expect(sources).toEqual([
      '--registry',
      `${file}:1: registry`,
      'the variable ECSM_OPERATOR_REGISTRY',
      'ECSM_REGISTRY',
    ]);
  });

  it('makes no registry in whatever folder it is started in', async () => {
    const io = new TestIo({ XDG_STATE_HOME: 'state' });
    expect(await run([], io)).toBe(2);
    expect(io.err).toContain('name one with --registry');
  });

  it('prints help and version', async () => {
    const io = new TestIo();
    expect(await run(['--help'], io)).toBe(0);
    expect(io.out).toContain('Exit codes:');
    expect(await run(['--version'], io)).toBe(0);
    expect(io.out).toMatch(/\d+\.\d+\.\d+\n$/);
  });
});
