import { ControllerRevision, findCondition } from '@ecsm/api-types';
import { describe, expect, it, vi } from 'vitest';

import { dynamic, World } from './helpers/world.js';

async function kept(world: World): Promise<readonly (readonly [number, unknown])[]> {
  const { items } = await world.registry.resource(ControllerRevision).list();
  return items
    .map(({ revision, data }) => [revision, (data['template'] as { readonly image: string }).image] as const)
    .sort(([a], [b]) => a - b);
}

describe('revisions', () => {
  it('are kept in the order in which they were last wanted, up to the limit', async () => {
    await using world = await World.start();
    for (const tag of ['1.0.0', '1.1.0', '2.0.0', '1.0.0']) {
      await world.apply('web', dynamic(1, `web@${tag}#sylixos`, { revisionHistoryLimit: 5 }));
      await world.settle();
    }
    expect(await kept(world)).toEqual([
      [2, 'web@1.1.0#sylixos'],
      [3, 'web@2.0.0#sylixos'],
      [4, 'web@1.0.0#sylixos'],
    ]);
    await world.apply('web', dynamic(1, 'web@1.1.0#sylixos', { revisionHistoryLimit: 0 }));
    await world.settle();
    await world.apply('web', dynamic(1, 'web@2.0.0#sylixos', { revisionHistoryLimit: 0 }));
    await world.settle();
    expect((await kept(world)).map(([, image]) => image)).toEqual(['web@1.1.0#sylixos', 'web@2.0.0#sylixos']);
  });

  it('of one service are not looked for among those of all others at each change', async () => {
    await using world = await World.start();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) await world.apply(name, dynamic(1, 'web@1.0.0#sylixos'));
    await world.settle();
    const list = vi.spyOn(world.registry.store, 'list');
    const lists = (): number => list.mock.calls.filter(([range]) => /revision/i.test(range.kind)).length;
    for (const tag of ['1.1.0', '2.0.0']) {
      for (const name of names) await world.apply(name, dynamic(1, `web@${tag}#sylixos`));
      await world.settle();
    }
    expect(lists()).toBe(1);
    expect(await kept(world)).toHaveLength(3 * names.length);
    expect(lists()).toBe(2);
  });

  it('are returned to by themselves when a rollout fails, without touching the specification', async () => {
    await using world = await World.start();
    const updateStrategy = { minReadySeconds: 5, progressDeadlineSeconds: 30, autoRollback: true };
    await world.apply('web', dynamic(2, 'web@1.0.0#sylixos', { updateStrategy }));
    await world.settle();
    await world.apply('web', dynamic(2, 'web@1.2.0-broken#sylixos', { updateStrategy }));
    await world.until('the bad revision is gone', async () => {
      const { status } = await world.get('web');
      return (
        findCondition(status?.conditions, 'Degraded')?.reason === 'RolledBack' &&
        world.platformServices('web').length === 1
      );
    });
    const { spec, status } = await world.get('web');
    expect(spec.template.image).toBe('web@1.2.0-broken#sylixos');
    expect(status?.failedRevision).toBeDefined();
    expect(status?.failedRevision).not.toBe(status?.currentRevision);
    expect(new Set(world.running('web').map((line) => line.split(' ')[1]))).toEqual(new Set(['web@1.0.0']));
    await world.apply('web', dynamic(2, 'web@1.1.0#sylixos', { updateStrategy }));
    await world.settle();
    expect(world.running('web').every((line) => line.endsWith('web@1.1.0'))).toBe(true);
  });

  it("keep the platform's own upgrade, also over a re-creation, until the user changes the template", async () => {
    await using world = await World.start();
    const upgradeStrategy = { type: 'Larger' } as const;
    await world.apply('web', dynamic(1, 'web@1.0.0#sylixos', { upgradeStrategy }));
    await world.settle();
    world.cluster.pushImage({ ref: 'web@3.0.0#sylixos', sizeMB: 1 });
    await world.pass(20_000);
    await world.settle();
    expect(world.running('web')[0]).toContain('web@3.0.0');
    expect(await world.reasons('web')).toContain('ImageUpgraded');
    world.cluster.services.delete(world.cluster.service(world.platformServices('web')[0] ?? ''));
    await world.pass(20_000);
    await world.settle();
    expect(world.running('web')[0]).toContain('web@3.0.0');
    await world.apply('web', dynamic(1, 'web@2.0.0#sylixos', { upgradeStrategy }));
    await world.settle();
    expect(world.running('web')[0]).toContain('web@2.0.0');
  });

  it('restart without a change of the template when the stamp changes', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    const [before] = world.platformServices('web');
    await world.apply('web', dynamic(2), { 'ecsm.sh/restarted-at': '2026-01-01T00:00:00Z' });
    await world.settle();
    expect(world.platformServices('web')).toHaveLength(1);
    expect(world.platformServices('web')[0]).not.toBe(before);
  });
});
