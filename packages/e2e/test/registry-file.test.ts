import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { eachWithDaemons } from './helpers/daemon-operators.js';
import { dynamicService } from './helpers/manifests.js';
import { eventually, Program, type Outcome } from './helpers/program.js';

const daemons = eachWithDaemons();
const open = ['--health', '0', '--metrics', '0'];

/** Some user without the rights of root, and how a command becomes his. */
const isRoot = process.getuid?.() === 0;
const uid = 54_321;
const asUser = isRoot ? ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'] : [];
/** A checkout in root's own folder is closed to all others. */
const mayReadCheckout = !isRoot || spawnSync('env', [...asUser, 'test', '-r', import.meta.filename]).status === 0;

/** Runs `ecsmctl` on a registry. */
function ctl(registryPath: string, ...args: readonly string[]): Promise<Outcome> {
  return new Program('ecsmctl', [...args, '--registry', registryPath], { home: daemons.system.home }).ended();
}

/** Puts garbage over the one page of a file that holds a text and not the other. */
async function damagePage(path: string, holding: readonly string[], sparing: string): Promise<string> {
  const pageBytes = 4_096;
  const bytes = await readFile(path);
  for (const text of holding) {
    const at = bytes.indexOf(text);
    const page = Math.floor(at / pageBytes) * pageBytes;
    if (at === -1 || bytes.subarray(page, page + pageBytes).includes(sparing)) continue;
    bytes.fill(0xa5, page, page + pageBytes);
    await writeFile(path, bytes);
    return text;
  }
  throw new Error('each page holds what shall be spared');
}

describe('a registry whose pages were damaged while the daemon was down', () => {
  it('is told, and what can be read stays readable; the daemon stays up and touches nothing', async () => {
    const { system } = daemons;
    const names = ['large-1', 'large-2', 'large-3'];
    await system.apply(dynamicService('web', 1));
    for (const name of names) {
      const note = `of ${name} `.repeat(200);
      await system.apply(dynamicService(name, 1).replace('spec:', `  annotations: { note: "${note}" }\nspec:`));
    }
    const first = daemons.start(open);
    for (const name of ['web', ...names]) await system.settled(name, 1);
    first.signal('SIGTERM');
    expect(await first.ended()).toBe(0);
    const path = join(system.home, 'damaged.db');
    expect((await ctl(system.registryPath, 'registry', 'backup', path)).code).toBe(0);
    const damaged = await damagePage(
      path,
      names.map((name) => `of ${name} of ${name} of`),
      '"name":"web"',
    );
    expect(damaged).toMatch(/^of large-/);

    const operator = daemons.start(open, { registryPath: path });
    const line = await operator.logs(/is damaged: reading found a damaged page; restore a backup/);
    expect(line).toMatchObject({ level: 'error', trouble: 'corrupt' });
    await eventually('it is not ready', async () => (await operator.page('/readyz')).status === 503);
    expect((await operator.page('/readyz')).text).toMatch(/registry failed: corrupt: .*is damaged/);
    expect((await operator.page('/metrics')).text).toContain('registry_trouble{reason="corrupt"} 1');
    await eventually('it goes on looking at the platform', async () => {
      const { text } = await operator.page('/metrics');
      return Number(/^ecsm_platform_polls_total\{outcome="done"\} (\d+)$/m.exec(text)?.[1]) >= 4;
    });
    for (const name of ['web', ...names]) expect(await system.platform.running(name)).toHaveLength(1);
    expect(operator.lines.filter(({ trouble }) => trouble === 'corrupt')).toHaveLength(1);

    expect(await ctl(path, 'get', 'es', 'web', '-o', 'name')).toMatchObject({ code: 0, stderr: '' });
    const list = await ctl(path, 'get', 'es');
    expect(list).toMatchObject({ code: 1, stdout: '' });
    expect(list.stderr).toMatch(/^error: registry file .*damaged\.db is damaged: .*restore a backup/);
    const check = await ctl(path, 'registry', 'check');
    expect(check.code).toBe(1);
    expect(check.stderr).toMatch(
      /^error: .*damaged\.db is damaged: table contents: .*page \d+.*\nhint: .*registry restore/,
    );
    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe(0);
  });
});

describe.runIf(mayReadCheckout)('a registry that is made read-only while the daemon runs', () => {
  it('is written on by who has it open, and names what is wrong to who opens it next', async () => {
    const { home, platform } = daemons.system;
    const [folder, manifest] = [join(home, 'state'), join(home, 'web.yaml')];
    const registryPath = join(folder, 'registry.db');
    await chmod(home, 0o755);
    await mkdir(folder);
    if (isRoot) await chown(folder, uid, uid);
    await writeFile(manifest, dynamicService('web', 1));
    const options = { registryPath, wrapper: asUser };
    const operator = daemons.start([...open, '--manifests', manifest], options);
    const instances = (count: number) =>
      eventually(`${count} instances run`, async () => (await platform.running('web')).length === count);
    await instances(1);
    for (const suffix of ['', '-wal', '-shm', '-bell']) await chmod(registryPath + suffix, 0o444);
    await chmod(folder, 0o555);
    await writeFile(manifest, dynamicService('web', 2));
    await instances(2);
    expect((await operator.page('/readyz')).status).toBe(200);
    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe(0);

    const next = daemons.start(open, options);
    expect(await next.ended()).toBe(3);
    expect(next.lines.at(-1)).toMatchObject({ level: 'error', exitCode: 3 });
    expect(next.lines.at(-1)?.msg).toContain('the file, its folder or its disk cannot be written by this user');
    expect((await stat(registryPath)).mode & 0o777).toBe(0o444);
    const ecsmctl = join(import.meta.dirname, '../../ecsmctl/bin/ecsmctl.js');
    const get = ['get', 'es', 'web', '-o', 'name', '--registry', registryPath];
    const [program = '', ...args] = [...asUser, process.execPath, ecsmctl, ...get];
    const env = { PATH: process.env['PATH'], HOME: home };
    const outcome = spawnSync(program, args, { encoding: 'utf8', cwd: home, env });
    expect([outcome.status, outcome.stdout, outcome.stderr]).toEqual([0, expect.stringContaining('web'), '']);
    expect(await platform.running('web')).toHaveLength(2);
  });
});
