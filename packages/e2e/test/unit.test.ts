import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { eachWithDaemons } from './helpers/daemon-operators.js';
import { dynamicService } from './helpers/manifests.js';

const daemons = eachWithDaemons();
const unit = fileURLToPath(new URL('../../../docs/deploy/ecsm-operator.service', import.meta.url));
const hasTools = ['strace', 'systemd-analyze'].every((tool) => spawnSync(tool, ['--version']).status === 0);

/** The calls of a set of systemd's, such as `@system-service`, with those of the sets in it. */
function callsOf(set: string): ReadonlySet<string> {
  if (!set.startsWith('@')) return new Set([set]);
  const { stdout } = spawnSync('systemd-analyze', ['syscall-filter', set], { encoding: 'utf8' });
  const lines = stdout.split('\n').slice(1);
  const names = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  return new Set(names.flatMap((name) => [...callsOf(name)]));
}

/** What the unit lets through: its lines add and take away, one after the other. */
async function allowedCalls(): Promise<ReadonlySet<string>> {
  const allowed = new Set(callsOf('@default'));
  for (const [, not, sets = ''] of (await readFile(unit, 'utf8')).matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
    for (const call of sets.split(' ').flatMap((set) => [...callsOf(set)])) {
      if (not === '') allowed.add(call);
      else allowed.delete(call);
    }
  }
  return allowed;
}

describe.runIf(hasTools)('the systemd unit', () => {
  it('lets through every system call that the program makes', { timeout: 120_000 }, async () => {
    const { home } = daemons.system;
    const trace = join(home, 'trace');
    const manifests = join(home, 'manifests');
    const group = spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim();
    await mkdir(manifests);
    await writeFile(join(manifests, 'web.yaml'), dynamicService('web', 1));
    const registryPath = join(home, 'other.db');
    const flags = ['--health', '0', '--metrics', '0', '--manifests', manifests, '--prune', '--registry-group', group];
    const wrapper = ['strace', '--follow-forks', '--quiet=all', `--output=${trace}`];
    const operator = daemons.start([...flags, '--backup-dir', join(home, 'backups')], { wrapper, registryPath });
    await operator.logs('backup made and examined', 0, 60_000);
    await operator.logs(/starts with 1 instance/, 0, 60_000);
    const { pid } = JSON.parse((await operator.page('/debug')).text) as { readonly pid: number };
    process.kill(pid, 'SIGHUP');
    await operator.logs('configuration read anew');
    process.kill(pid, 'SIGTERM');
    expect(await operator.ended()).toBe(0);
    const made = new Set([...(await readFile(trace, 'utf8')).matchAll(/^\d+ +(\w+)\(/gm)].map(([, name = '']) => name));
    const allowed = await allowedCalls();
    expect(made.size).toBeGreaterThan(30);
    expect([...made].filter((name) => !allowed.has(name))).toEqual([]);
  });
});
