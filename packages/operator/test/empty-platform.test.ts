import { Event, isNotFoundError } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { dynamic, World } from './helpers/world.js';

const names = ['one', 'two', 'three'];

async function withThree(): Promise<World> {
  const world = await World.start({ simulator: { settings: { duplicateNames: 'accept' } } });
  for (const name of names) await world.apply(name, dynamic(1));
  await world.settle();
  await world.pass(60_000, 1000);
  return world;
}

/** Has the platform list nothing, as it may before it has read its database; returns what ends that. */
function listNothing({ cluster }: World): () => void {
  const { services } = cluster.state;
  const empty = new Map(services);
  empty.clear();
  services.values = () => empty.values();
  return () => Reflect.deleteProperty(services, 'values');
}

async function warnings(world: World): Promise<readonly string[]> {
  const { items } = await world.registry.resource(Event).list();
  return items.filter(({ type }) => type === 'Warning').map(({ reason }) => reason);
}

describe('a platform that lists nothing', () => {
  it('is not believed for a moment, while it goes on', async () => {
    await using world = await withThree();
    const { writes } = world.calls;
    const before = await Promise.all(names.map((name) => world.get(name)));
    const end = listNothing(world);
    await world.pass(9000);
    end();
    await world.pass(60_000, 1000);
    expect(world.calls.writes).toBe(writes);
    expect(await Promise.all(names.map((name) => world.get(name)))).toEqual(before);
    expect(await warnings(world)).toEqual([]);
  });

  it('is not believed for a moment after a start, not even where an object is to go', async () => {
    await using world = await withThree();
    const { writes } = world.calls;
    await world.killOperator();
    await world.services.delete('three');
    const end = listNothing(world);
    await world.startOperator();
    await world.pass(8000);
    end();
    expect(world.calls.writes).toBe(writes);
    await world.settle();
    await world.until('the object is gone', () => world.get('three').then(() => false, isNotFoundError));
    expect(names.map((name) => world.platformServices(name).length)).toEqual([1, 1, 0]);
    expect(world.calls.count('services.create')).toBe(3);
    expect(await warnings(world)).toEqual([]);
  });

  it('is believed when it lasts, and everything is made anew', async () => {
    await using world = await withThree();
    for (const service of [...world.cluster.state.services.values()]) world.cluster.services.delete(service);
    await world.until('all run again', () => names.every((name) => world.running(name).length === 1), 60_000);
    expect(await warnings(world)).toContain('ServiceMissing');
  });

  it('is a platform like any other where nothing was before', async () => {
    await using world = await World.start();
    const from = world.clock.now();
    await world.apply('new', dynamic(1));
    await world.until('it is created', () => world.calls.count('services.create') === 1);
    expect(world.clock.now() - from).toBeLessThan(1000);
    await world.settle();
    await world.services.delete('new');
    await world.until('the last one is gone', () => world.get('new').then(() => false, isNotFoundError), 10_000);
  });
});
