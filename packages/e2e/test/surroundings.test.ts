import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Registry } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../ecsmctl/bin/ecsmctl.js', import.meta.url));
const simulator = fileURLToPath(new URL('../../ecsm-simulator/bin/ecsm-simulator.js', import.meta.url));
const operator = fileURLToPath(new URL('../../operator/bin/ecsm-operator.js', import.meta.url));

describe('a command line where its surroundings are not in order', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'surroundings-'));
    await (await Registry.open({ path: join(home, 'registry.db') })).close();
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  /** Runs a line of a shell that knows the programs as `ecsmctl` and `operator`. */
  async function shell(line: string, options: { readonly uid?: number; readonly home?: string } = {}) {
    const { uid } = options;
    const programs = [
      `ecsmctl() { '${process.execPath}' '${program}' "$@"; }`,
      `simulator() { '${process.execPath}' '${simulator}' "$@"; }`,
      `operator() { '${process.execPath}' '${operator}' "$@"; }`,
    ];
    const child = spawn('sh', ['-c', [...programs, line].join('\n')], {
      env: { PATH: process.env['PATH'], HOME: options.home ?? home, ECSMCTL_REGISTRY: join(home, 'registry.db') },
      cwd: home,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  it.each(['ecsmctl api-resources', 'operator config print'])(
    '%s says when its output cannot be written',
    async (command) => {
      expect(await shell(`${command} > /dev/full`)).toEqual({
        code: 1,
        stdout: '',
        stderr: 'error: the output cannot be written: ENOSPC: no space left on device, write\n',
      });
    },
  );

  it('messages that cannot be written change nothing about how it ends', async () => {
    expect((await shell('ecsmctl get foo 2> /dev/full')).code).toBe(2);
    expect((await shell('ecsmctl get foo 2>&-')).code).toBe(2);
  });

  it('a folder that is gone is an error only where a path is relative to it', async () => {
    const fine = await shell('mkdir gone; cd gone; rmdir ../gone; ecsmctl get es');
    expect(fine).toMatchObject({ code: 0, stdout: '' });
    expect(fine.stderr).toContain('No ecsmservices found');
    const relative = await shell('mkdir gone; cd gone; rmdir ../gone; ecsmctl apply -f web.yaml');
    expect(relative.code).toBe(1);
    expect(relative.stderr).toContain('error: the current folder is gone: go to one that is there');
    expect(relative.stderr).not.toMatch(/^ +at /m);
  });

  it.each(['ecsmctl --version', 'ecsmctl --help', 'operator --version', 'operator --help', 'simulator --version'])(
    '%s works in a folder that is gone',
    async (command) => {
      const outcome = await shell(`mkdir gone; cd gone; rmdir ../gone; ${command}`);
      expect(outcome).toEqual({ code: 0, stdout: expect.stringMatching(/^\d|operator|ecsmctl/) as string, stderr: '' });
    },
  );

  it.runIf(process.getuid?.() === 0)('a user whom the system does not know has no home, and needs none', async () => {
    const outcome = await shell('unset HOME; ecsmctl version', { uid: 54_321 });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  });

  it.runIf(process.getuid?.() === 0)('a registry in a folder of others is not called missing', async () => {
    await chmod(home, 0o700);
    const { code, stderr } = await shell('ecsmctl get es', { uid: 54_321, home: '/nonexistent' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: opening .*registry\.db failed: this user may not enter its folder/);
  });

  it.runIf(process.getuid?.() === 0)('what only reads works on a copy that this user may not write', async () => {
    await chmod(home, 0o755);
    await shell('ecsmctl registry backup copy.db && chmod a+r copy.db');
    await writeFile(join(home, 'lease.yaml'), '{apiVersion: ecsm.sh/v1, kind: Lease, metadata: {name: a}, spec: {}}');
    const reader = { uid: 54_321, home: '/nonexistent' };
    expect(await shell('ecsmctl registry check --registry copy.db', reader)).toMatchObject({ code: 0, stderr: '' });
    const difference = await shell('ecsmctl diff -f lease.yaml --registry copy.db', reader);
    expect(difference).toMatchObject({ code: 1, stderr: '' });
    expect(difference.stdout).toContain('+kind: Lease');
    const written = await shell('ecsmctl apply -f lease.yaml --registry copy.db', reader);
    expect(written).toMatchObject({ code: 1, stdout: '' });
    expect(written.stderr).toContain('cannot be written by this user');
  });
});
