import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { eachWithDaemons } from './helpers/daemon-operators.js';
import { dynamicService } from './helpers/manifests.js';
import { eventually } from './helpers/program.js';

const daemons = eachWithDaemons();

/** Addresses on which a process listens, as Linux writes them: IPv4 in hexadecimal, IPv6 longer. */
async function listeningOn(pid: number): Promise<readonly string[]> {
  const links = await Promise.all(
    (await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
  );
  const sockets = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8')));
  const rows = tables.flatMap((table) => table.split('\n').map((row) => row.trim().split(/\s+/)));
  // The fourth field is the state, 0A for one that listens; the tenth the socket.
  return rows.flatMap((row) => (row[3] === '0A' && sockets.has(row[9] ?? '') ? [row[1]?.split(':')[0] ?? ''] : []));
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

const secretManifest = `${dynamicService('web', 1)}    vsoa: { password: geheim-vsoa, port: 4001 }
    env: [{ name: DB_PASSWORD, value: geheim-env }]
`;

describe('the daemon', () => {
  it('listens nowhere unless asked to, and then on loopback', async () => {
    const silent = daemons.start();
    await silent.logs('leading');
    expect(await listeningOn(silent.pid)).toEqual([]);
    const other = join(daemons.system.home, 'other.db');
    const open = daemons.start(['--health', '0', '--metrics', '0'], { registryPath: other });
    await open.logs('listening');
    expect(await listeningOn(open.pid)).toEqual(['0100007F', '0100007F']);
  });

  it('shows no secret in log, pages, metrics or arguments, also at debug, and keeps files to itself', async () => {
    const { home } = daemons.system;
    const folder = join(home, 'manifests');
    const backups = join(home, 'backups');
    const registryPath = join(home, 'own', 'registry.db');
    await mkdir(folder);
    await mkdir(join(home, 'own'));
    await writeFile(join(folder, 'web.yaml'), secretManifest);
    await writeFile(join(home, 'token'), 'geheim-token\n');
    const flags = ['--log-level', 'debug', '--health', '0', '--metrics', '0', '--manifests', folder];
    const operator = daemons.start([...flags, '--platform-token-file', join(home, 'token'), '--backup-dir', backups], {
      registryPath,
      env: { ECSM_OPERATOR_LISTEN_TOKEN: 'geheim-listen' },
    });
    await operator.logs(/starts with 1 instance/);
    await operator.logs('backup made and examined');
    // What goes wrong with a secret is told without it.
    await writeFile(join(folder, 'web.yaml'), secretManifest.replace('port: 4001', 'port: -1'));
    await operator.logs(/cannot be applied/);
    await writeFile(join(home, 'token'), 'geheim token');
    operator.signal('SIGHUP');
    await operator.logs(/stays in force/);
    const pages = await Promise.all(['/debug', '/readyz', '/metrics'].map((path) => operator.page(path)));
    const seen = [
      JSON.stringify(operator.lines),
      operator.other,
      ...pages.map(({ text }) => text),
      await readFile(`/proc/${operator.pid}/cmdline`, 'utf8'),
    ].join('\n');
    expect(seen).not.toContain('geheim');
    const copies = await eventually('there is a copy', async () => {
      const names = await readdir(backups);
      return names.some((name) => name.endsWith('.db')) && names;
    });
    const files = ['', '-wal', '-shm', '-bell', '.lock'].map((end) => `${registryPath}${end}`);
    const paths = [...files, ...copies.map((name) => join(backups, name)), backups];
    const modes = await Promise.all(paths.map(async (path) => `${path.slice(home.length)} ${await modeOf(path)}`));
    expect(modes).toEqual(paths.map((path) => `${path.slice(home.length)} ${path === backups ? '700' : '600'}`));
  });

  it('gives the registry, its bell and its lock to a group, for all of its members', async () => {
    const group = spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim();
    const registryPath = join(daemons.system.home, 'group.db');
    const operator = daemons.start(['--registry-group', group], { registryPath });
    await operator.logs('leading');
    for (const end of ['', '-bell', '.lock'])
      expect([end, await modeOf(`${registryPath}${end}`)]).toEqual([end, '660']);
  });
});
