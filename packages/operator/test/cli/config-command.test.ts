import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Registry } from '@ecsm/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { loadSettings } from '../../src/config/load-settings.js';
import { run } from '../../src/run.js';
import { TestIo } from '../helpers/test-io.js';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operator-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function config(content: string): Promise<string> {
  const path = join(folder, 'operator.yaml');
  await writeFile(path, content);
  return path;
}

describe('config print', () => {
  it('says of every setting what holds and why, and masks secrets', async () => {
    const path = await config('# mine\nworkers: 7\n');
    const io = new TestIo({ ECSM_OPERATOR_LISTEN_TOKEN: 'geheim', ECSM_OPERATOR_POLL_INTERVAL: '3s' });
    expect(
      await run(['config', 'print', '--config', path, '--profile', 'tiny', '--prune', '--manifests', 'x'], io),
    ).toBe(0);
    expect(io.out).toMatch(/^workers: 7 +# .*operator\.yaml:2: workers$/m);
    expect(io.out).toMatch(/^pollInterval: 3s +# variable ECSM_OPERATOR_POLL_INTERVAL$/m);
    expect(io.out).toMatch(/^manifestsRescan: 5m +# profile tiny$/m);
    expect(io.out).toMatch(/^prune: true +# --prune$/m);
    expect(io.out).toMatch(/^logLevel: info +# default$/m);
    expect(io.out).toMatch(/^# listenToken: \*\*\*/m);
    expect(io.out + io.err).not.toContain('geheim');
  });

  it('prints a configuration file that gives the same', async () => {
    const io = new TestIo();
    const flags = ['--backup-schedule', '0 3 * * *', '--manifests', '/a b', '--health', '8081', '--byte-budget', '2Mi'];
    await run(['config', 'print', ...flags], io);
    const again = await loadSettings(['--config', await config(io.out)], {});
    const first = await loadSettings(flags, {});
    if (again.type !== 'run' || first.type !== 'run') throw new Error('no settings');
    expect(again.settings).toEqual(first.settings);
  });
});

describe('config validate', () => {
  it('names every problem with its file, line and field', async () => {
    const path = await config('workers: lots\n\npollinterval: 3s\nplatformToken: abc\nhealth: [1]\n');
    const io = new TestIo({ ECSM_OPERATOR_TIMEOUT: 'soon' });
    expect(await run(['config', 'validate', '--config', path, '--backup-schedule', '3'], io)).toBe(2);
    expect(io.err).toContain(`${path}:1: workers is "lots": it must be a whole number from 1 to 256`);
    expect(io.err).toContain(`${path}:3: pollinterval is not a setting; did you mean pollInterval?`);
    expect(io.err).toContain(`${path}:4: platformToken is a secret: give platformTokenFile`);
    expect(io.err).toContain(`${path}:5: health is [1]: it must be a plain value`);
    expect(io.err).toContain('the variable ECSM_OPERATOR_TIMEOUT is "soon"');
    expect(io.err).toContain('--backup-schedule is "3": it must be a duration');
    expect(io.err).not.toContain('abc');
  });

  it.each([
    [['--health', '0.0.0.0:8081'], 'can be reached from other machines'],
    [['--metrics', '[::]:9090'], 'can be reached from other machines'],
    [['--listen-cert-file', 'x'], 'need each other'],
    [['--platform-key-file', 'x'], 'need each other'],
    [['--listen-client-ca-file', 'x'], 'needs --listen-cert-file'],
    [['--prune'], '--prune needs --manifests'],
    [['--platform-url', 'http://me:secret@x'], 'must hold no user or password'],
  ])('refuses %j', async (flags, problem) => {
    const io = new TestIo();
    expect(await run(['config', 'validate', ...flags], io)).toBe(2);
    expect(io.err).toContain(problem);
    expect(io.err).not.toContain('secret');
  });

  it('finds nothing wrong where nothing is, and knows no other command', async () => {
    const io = new TestIo();
    const guarded = ['--health', '0.0.0.0:8081', '--listen-token-file', 'token'];
    expect(await run(['config', 'validate', ...guarded], io)).toBe(0);
    expect(io.out).toContain('is good');
    expect(await run(['config', 'edit'], io)).toBe(2);
    expect(await run(['config', '--help'], io)).toBe(0);
    expect(io.out).toContain('config print|validate');
  });
});

describe('registry acknowledge', () => {
  it('says that nothing was lost, makes no registry where there is none, and knows no other word', async () => {
    const path = join(folder, 'registry.db');
    const io = new TestIo();
    expect(await run(['registry', 'acknowledge', '--registry', path], io)).toBe(3);
    await (await Registry.open({ path })).close();
    expect(await run(['registry', 'acknowledge', '--registry', path], io)).toBe(0);
    expect(io.out).toContain('nothing was lost');
    expect(await run(['registry', 'check'], io)).toBe(2);
    expect(await run(['registry'], io)).toBe(0);
    expect(io.out).toContain('ecsm-operator registry acknowledge');
  });
});
