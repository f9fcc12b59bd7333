import { Event, ECSMService } from '@ecsm/api-types';
import { expect, it } from 'vitest';

import { dynamic, World } from './helpers/world.js';

/** Has an object go without its operator, as it does while that one works on another platform. */
async function loseObject(world: World, name: string): Promise<void> {
  const object = await world.get(name);
  await world.services.update({ ...object, metadata: { ...object.metadata, finalizers: [] } });
  await world.services.delete(name);
}

it('tells once of what was left behind by an object that is gone, and leaves it alone', async () => {
  await using world = await World.start();
  for (const name of ['gone', 'web']) await world.apply(name, dynamic(1));
  await world.settle();
  await world.killOperator();
  await loseObject(world, 'gone');
  await world.startOperator();
  await world.pass(1_800_000, 1000);
  const { items } = await world.registry.resource(Event).list();
  const [left] = world.platformServices('gone');
  const told = items.filter(({ reason }) => reason === 'ObjectMissing');
  expect(told).toMatchObject([
    { count: 1, type: 'Warning', message: expect.stringContaining(`${left ?? ''} (`) as string },
  ]);
  expect(told[0]?.message).toContain('was made for default/gone, which is not declared');
  expect(world.running('gone')).toHaveLength(1);
  // Declared anew it is taken over as it runs.
  await world.apply('gone', dynamic(1));
  await world.settle();
  expect(world.platformServices('gone')).toEqual([left]);
  expect((await world.registry.resource(ECSMService).list()).items).toHaveLength(2);
});

it('says nothing of what belongs to another operator', async () => {
  await using world = await World.start({ operator: { operatorId: 'one' } });
  await world.apply('web', dynamic(1));
  await world.settle();
  await world.killOperator();
  await loseObject(world, 'web');
  await world.startOperator({ operatorId: 'two' });
  await world.pass(1_800_000, 1000);
  const { items } = await world.registry.resource(Event).list();
  expect(items.map(({ reason }) => reason)).not.toContain('ObjectMissing');
});
