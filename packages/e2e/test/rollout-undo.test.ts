import { describe, expect, it } from 'vitest';

import { dynamicService } from './helpers/manifests.js';
import { eventually } from './helpers/program.js';
import { System } from './helpers/system.js';

/** What an object has on the platform: its services, and the versions its running containers have. */
async function onPlatform({ platform }: System, name: string) {
  const [services, running] = [await platform.servicesOf(name), await platform.running(name)];
  return { services: services.map((each) => each.name), versions: running.map((each) => each.imageVersion) };
}

/** Waits until an object runs one version in one platform service; tells the name of that. */
async function runs(system: System, version: string, instances: number): Promise<string> {
  const name = await eventually(`web runs ${instances} of ${version} alone`, async () => {
    const { services, versions } = await onPlatform(system, 'web');
    const [only] = services;
    const right = versions.length === instances && versions.every((each) => each === version);
    if (right && services.length === 1) return only;
    throw new Error(`${services.join(', ')} run ${versions.join(', ')}`);
  });
  await system.settled('web', instances);
  return name;
}

async function undo(system: System, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await system.ctl(['rollout', 'undo', 'es/web', ...args]);
  expect(code, stderr).toBe(0);
  return stdout;
}

describe('rollout undo while an operator runs', () => {
  it('brings the revision before back, and that one again', async () => {
    await using system = await System.start();
    system.startOperator();
    await system.apply(dynamicService('web', 3));
    const first = await runs(system, '1.0.0', 3);
    await system.apply(dynamicService('web', 3, 'web@1.1.0#sylixos'));
    const second = await runs(system, '1.1.0', 3);

    expect(await undo(system)).toContain('rolled back to revision 1');
    expect(await runs(system, '1.0.0', 3)).toBe(first);
    expect(await undo(system)).toMatch(/rolled back to revision 2/);
    expect(await runs(system, '1.1.0', 3)).toBe(second);

    const { stdout } = await system.ctl(['rollout', 'history', 'es/web']);
    expect(stdout.trim().split('\n').slice(1)).toHaveLength(2);
  });

  it('takes a rollout back that cannot come to its end, and no instance that ran is lost by it', async () => {
    await using system = await System.start();
    system.startOperator();
    await system.apply(dynamicService('web', 3));
    const first = await runs(system, '1.0.0', 3);
    await system.apply(dynamicService('web', 3, 'web@9.9.9#sylixos'));
    await eventually('the operator says that there is no such image', async () => {
      const { status } = await system.services.get('web');
      return status?.conditions?.some(({ reason }) => reason === 'ImageNotFound');
    });
    expect((await onPlatform(system, 'web')).versions).toEqual(['1.0.0', '1.0.0', '1.0.0']);

    await undo(system);
    expect(await runs(system, '1.0.0', 3)).toBe(first);
    const { code, stdout } = await system.ctl(['rollout', 'status', 'es/web', '--timeout', '20s']);
    expect(code, stdout).toBe(0);
  });

  it('goes to a revision that is named, and is carried out by the operator started next', async () => {
    await using system = await System.start();
    const operator = system.startOperator();
    const versions = ['1.0.0', '1.1.0', '2.0.0'] as const;
    for (const version of versions) {
      await system.apply(dynamicService('web', 2, `web@${version}#sylixos`));
      await runs(system, version, 2);
    }
    const refused = await system.ctl(['rollout', 'undo', 'es/web', '--to-revision', '7']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('kept are 1, 2, 3');

    await operator.kill('SIGKILL');
    await undo(system, '--to-revision', '1');
    expect((await onPlatform(system, 'web')).versions).toEqual(['2.0.0', '2.0.0']);
    system.startOperator();
    await runs(system, '1.0.0', 2);
  });
});
