import { expect, it } from 'vitest';

import { dynamic, World } from './helpers/world.js';

const updateStrategy = { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };

function tags(world: World): readonly string[] {
  return world.running('web').map((line) => line.split('@')[1] ?? '');
}

it('several quick edits during a rollout end at the newest', async () => {
  await using world = await World.start();
  await world.apply('web', dynamic(3, 'web@1.0.0#sylixos', { updateStrategy }));
  await world.settle();
  for (const tag of ['1.1.0', '2.0.0', '1.1.0', '2.0.0']) {
    await world.apply('web', dynamic(3, `web@${tag}#sylixos`, { updateStrategy }));
    await world.pass(1500);
  }
  await world.settle();
  expect(tags(world)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
  expect(world.platformServices('web')).toHaveLength(1);
});

it('a paused rollout goes no further until it is resumed, and its instances still follow their number', async () => {
  await using world = await World.start();
  await world.apply('web', dynamic(3, 'web@1.0.0#sylixos', { updateStrategy }));
  await world.settle();
  await world.apply('web', dynamic(3, 'web@2.0.0#sylixos', { updateStrategy }));
  await world.until('the first new instance runs', () => tags(world).includes('2.0.0'));
  await world.services.patch('web', { type: 'merge', patch: { spec: { paused: true } } });
  await world.pass(30_000);
  const held = tags(world);
  expect(new Set(held)).toEqual(new Set(['1.0.0', '2.0.0']));
  await world.pass(60_000);
  expect(tags(world)).toEqual(held);
  await world.services.scale('web', 5);
  await world.pass(30_000);
  expect(tags(world).length).toBeGreaterThanOrEqual(5);
  expect(new Set(tags(world))).toEqual(new Set(['1.0.0', '2.0.0']));
  await world.services.patch('web', { type: 'merge', patch: { spec: { paused: null } } });
  await world.settle();
  expect(tags(world)).toEqual(['2.0.0', '2.0.0', '2.0.0', '2.0.0', '2.0.0']);
});

it('a template that is wanted again while its service goes waits until that is gone', async () => {
  await using world = await World.start();
  await world.apply('web', dynamic(1, 'web@1.0.0#sylixos', { updateStrategy }));
  await world.settle();
  const [first] = world.platformServices('web');
  await world.apply('web', dynamic(1, 'web@2.0.0#sylixos', { updateStrategy }));
  await world.until('the first is told to go', () =>
    [...world.cluster.state.services.values()].some(({ name, deleting }) => name === first && deleting),
  );
  world.onEvent = () => {
    const names = world.platformServices('web');
    expect(new Set(names).size).toBe(names.length);
  };
  await world.apply('web', dynamic(1, 'web@1.0.0#sylixos', { updateStrategy }));
  await world.settle();
  expect(tags(world)).toEqual(['1.0.0']);
  expect(world.platformServices('web')).toEqual([first]);
  expect(await world.reasons('web')).not.toContain('ServiceMissing');
});
