import { deletionPolicyAnnotation } from '@ecsm/planner';
import { expect, it } from 'vitest';

import { dynamic, World } from './helpers/world.js';

it('deletes a whole namespace a few services at a time, and lets an object go when nothing is left of it', async () => {
  await using world = await World.start();
  const count = 40;
  for (let index = 0; index < count; index++) await world.apply(`s${index}`, dynamic(1));
  await world.apply('kept', dynamic(1), { [deletionPolicyAnnotation]: 'orphan' });
  await world.settle();
  let under = 0;
  let most = 0;
  world.calls.around = (method) => {
    if (method !== 'services.delete') return undefined;
    most = Math.max(most, ++under);
    return () => under--;
  };
  const before = world.calls.count('services.all');
  await world.services.deleteCollection();
  await world.until('every object is gone', async () => (await world.services.list()).items.length === 0);
  expect([...world.cluster.state.services.values()].map(({ name }) => name)).toEqual([expect.stringMatching(/^kept-/)]);
  expect(most).toBeLessThanOrEqual(4);
  expect(world.calls.count('services.delete')).toBe(count);
  // One look by name for each, and the polls.
  expect(world.calls.count('services.all') - before).toBeLessThanOrEqual(count + 30);
});
