import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { selfSigned } from '../../operator/test/helpers/certificates.js';
import { eachWithDaemons, type OperatorProcess } from './helpers/daemon-operators.js';
import { dynamicService } from './helpers/manifests.js';
import { eventually } from './helpers/program.js';

const daemons = eachWithDaemons();
const open = ['--health', '0', '--metrics', '0', '--request-timeout', '3s'];

/** Whether this machine lets its user mount file systems of his own. */
const mountable = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/**
 * Whether this machine lets a file system be made whose disk is said to have failed: the kernel then makes it read-only
 * under whoever has files open on it, as it does with flash that wears out. Only root on Linux may.
 */
const breakable = process.getuid?.() === 0 && existsSync('/dev/loop-control') && existsSync('/sbin/mkfs.ext4');

/** What a failure shows to whoever looks for its cause. */
interface Symptoms {
  readonly log: string | RegExp;
  readonly metric: string;
  /** A line of `/readyz`, where the failure makes it not ready. */
  readonly readyz?: RegExp;
  /** What the page for troubles has it under. */
  readonly documented: string;
}

async function shows(operator: OperatorProcess, { log, metric, readyz, documented }: Symptoms): Promise<void> {
  await operator.logs(log);
  await eventually(`/metrics has ${metric}`, async () => (await operator.page('/metrics')).text.includes(metric));
  if (readyz !== undefined) {
    await eventually(`/readyz has ${String(readyz)}`, async () => readyz.test((await operator.page('/readyz')).text));
  }
  const page = await readFile(new URL('../../../docs/reference/troubleshooting.md', import.meta.url), 'utf8');
  expect([documented, page.includes(documented)]).toEqual([documented, true]);
}

function isReady(operator: OperatorProcess): Promise<boolean> {
  return eventually('it is ready again', async () => (await operator.page('/readyz')).status === 200);
}

/** Holds the write lock of a registry until it is ended. */
async function lock(path: string): Promise<ChildProcess> {
  const script = `
import sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
`;
  const holder = spawn('python3', ['-c', script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return holder;
}

/** Lets the wall clock of a process be set by a signal. */
const clockThatJumps = `
const now = Date.now.bind(Date);
let offset = 0;
Date.now = () => now() + offset;
process.on('SIGUSR2', () => (offset += 3_600_000));
`;

describe('what the daemon depends on', () => {
  it('fails and is whole again: told once by log, metric and readiness, and in the page for troubles', async () => {
    const folder = join(daemons.system.home, 'manifests');
    const manifest = join(folder, 'web.yaml');
    const jump = join(daemons.system.home, 'jump.mjs');
    await mkdir(folder);
    await writeFile(manifest, dynamicService('web', 1));
    await writeFile(jump, clockThatJumps);
    const env = { NODE_OPTIONS: `--import=${jump}` };
    const operator = daemons.start([...open, '--manifests', folder], { env });
    await daemons.system.settled('web', 1);

    await daemons.system.stopSimulator();
    await shows(operator, {
      log: 'the platform does not answer',
      metric: 'ecsm_platform_reachable 0',
      readyz: /platform failed: the platform does not answer: .*ECONNREFUSED/,
      documented: '`the platform does not answer` once, `ecsm_platform_reachable` 0',
    });
    await daemons.system.startSimulator();
    await operator.logs('the platform answers again');
    await daemons.system.settled('web', 1);

    operator.signal('SIGUSR2');
    await shows(operator, {
      log: /^the clock of this machine was set/,
      metric: 'ecsm_operator_clock_jumps_total 1',
      documented: '`the clock of this machine was set`, `ecsm_operator_clock_jumps_total`',
    });

    await writeFile(join(folder, 'bad.yaml'), Buffer.from('kind: \u00ff', 'latin1'));
    await shows(operator, {
      log: /^this file of manifests cannot be applied/,
      metric: 'ecsm_manifest_files{state="bad"} 1',
      documented: '`this file of manifests cannot be applied`, `ecsm_manifest_files{state="bad"}`',
    });
    await rm(join(folder, 'bad.yaml'));
    await operator.logs('the manifests of this file are good again');

    const holder = await lock(daemons.system.registryPath);
    await writeFile(manifest, dynamicService('web', 2));
    await shows(operator, {
      log: /because other processes kept it busy/,
      metric: 'registry_trouble{reason="locked"} 1',
      readyz: /registry failed: locked: /,
      documented: 'other processes kept it busy',
    });
    holder.kill();
    await operator.logs('the registry can be written again');
    await daemons.system.settled('web', 2);
    await isReady(operator);
    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe(0);
  });

  it('names a name that is not found and a certificate that has ended as what they are', async () => {
    const { cert, key, certFile } = selfSigned(daemons.system.home, -1);
    const server = createServer({ cert, key }, (_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const other = join(daemons.system.home, 'other.db');
    const nameless = daemons.start(open, { platformUrl: 'http://platform.invalid:3001' });
    const url = `https://127.0.0.1:${port}`;
    const expired = daemons.start([...open, '--platform-ca-file', certFile], { platformUrl: url, registryPath: other });
    await shows(nameless, {
      log: 'the platform does not answer',
      metric: 'outcome="dns"',
      readyz: /platform failed: .*(?:ENOTFOUND|EAI_AGAIN)/,
      documented: 'outcome="dns"',
    });
    await shows(expired, {
      log: 'the platform does not answer',
      metric: 'outcome="tls"',
      readyz: /platform failed: .*CERT_HAS_EXPIRED|certificate has expired/,
      documented: 'CERT_HAS_EXPIRED',
    });
    await shows(expired, {
      log: 'this certificate has ended',
      metric: 'ecsm_certificate_expiry_timestamp_seconds{file=',
      documented: '`this certificate ends soon`, or `has ended`',
    });
    server.close();
  });
});

describe.runIf(mountable)('a disk', () => {
  it('that is full and then has room again, and one that is read-only at the start', { timeout: 120_000 }, async () => {
    const disk = join(daemons.system.home, 'disk');
    const manifest = join(daemons.system.home, 'web.yaml');
    const script = join(daemons.system.home, 'on-small-disk.sh');
    await mkdir(disk);
    await writeFile(manifest, dynamicService('web', 1));
    // What it may mount it keeps to itself; from outside its disk is seen through /proc.
    await writeFile(script, `#!/bin/sh\nmount -t tmpfs -o "$DISK" tmpfs ${disk} && exec "$@"\n`);
    await chmod(script, 0o755);
    const wrapper = ['unshare', '-rm', script];
    const registryPath = join(disk, 'registry.db');
    const onSmallDisk = { wrapper, registryPath, env: { DISK: 'size=3m' } };
    const operator = daemons.start([...open, '--manifests', manifest], onSmallDisk);
    await operator.logs(/starts with 1 instance/);
    const filler = `/proc/${operator.pid}/root${join(disk, 'filler')}`;
    await writeFile(filler, Buffer.alloc(4 << 20)).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    });
    await writeFile(manifest, dynamicService('web', 2));
    await shows(operator, {
      log: /the disk is full; what was acknowledged is intact, make room/,
      metric: 'registry_trouble{reason="full"} 1',
      readyz: /registry failed: full: /,
      documented: 'the disk is full; what was acknowledged is intact, make room',
    });
    await truncate(filler);
    await operator.logs('the registry can be written again');
    await operator.logs(/goes from 1 to 2 instances/);
    await isReady(operator);
    const readOnly = daemons.start(open, { ...onSmallDisk, env: { DISK: 'ro' } });
    expect(await readOnly.ended()).toBe(3);
    const why = /the file, its folder or its disk cannot be written by this user/;
    expect(await readOnly.logs(why)).toMatchObject({ exitCode: 3 });
    expect(readOnly.other).toBe('');
  });
});

describe.runIf(breakable)('a disk that fails while the registry is open', () => {
  it('and is made read-only by the kernel is told as such, and the daemon goes on reading', async () => {
    const { home } = daemons.system;
    const [image, disk, manifest] = [join(home, 'disk.img'), join(home, 'disk'), join(home, 'web.yaml')];
    await mkdir(disk);
    await writeFile(manifest, dynamicService('web', 1));
    await writeFile(image, Buffer.alloc(16 << 20));
    execFileSync('/sbin/mkfs.ext4', ['-q', image]);
    execFileSync('mount', ['-o', 'loop,errors=remount-ro', image, disk]);
    try {
      const [, device = ''] =
        /^\/dev\/(\S+)/m.exec(execFileSync('df', ['--output=source', disk], { encoding: 'utf8' })) ?? [];
      await using operator = daemons.start([...open, '--manifests', manifest], {
        registryPath: join(disk, 'registry.db'),
      });
      await operator.logs(/starts with 1 instance/);
      await isReady(operator);
      const running = () => daemons.system.platform.running('web');
      await eventually('its instance runs', async () => (await running()).length === 1);
      await writeFile(`/sys/fs/ext4/${device}/trigger_fs_error`, 'a test');
      await writeFile(manifest, dynamicService('web', 2));
      await shows(operator, {
        log: /the disk reported an error \(SQLITE_IOERR/,
        metric: 'registry_trouble{reason="disk"} 1',
        readyz: /registry failed: disk: /,
        documented: 'the disk reported an error',
      });
      expect((await operator.page('/debug')).status).toBe(200);
      expect(await running()).toHaveLength(1);
      operator.signal('SIGTERM');
      expect(await operator.ended()).toBe(0);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
