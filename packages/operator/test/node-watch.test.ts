import { Event } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { LinesLogger } from './helpers/lines-logger.js';
import { dynamic, onNodes, World, type WorldOptions } from './helpers/world.js';

/** A world at rest with a service on every node, and one that has its nodes to itself. */
async function worldAtRest(options: WorldOptions = {}): Promise<World> {
  const world = await World.start(options);
  await world.apply('web', dynamic(3));
  await world.apply('telemetry', onNodes(['worker-1', 'worker-2']));
  await world.settle();
  await world.pass(20_000, 1000);
  return world;
}

/** Events of nodes in the order in which they happened first, as `reason node count`. */
async function nodeEvents(world: World): Promise<readonly string[]> {
  const { items } = await world.registry.resource(Event).list({ fieldSelector: 'involvedObject.kind=Node' });
  return items
    .toSorted((a, b) => (a.firstTimestamp < b.firstTimestamp ? -1 : 1))
    .map(({ reason, involvedObject, count }) => `${reason} ${involvedObject.name} ${count}`);
}

describe('a node', () => {
  it('that goes away and comes back has one event for each, and lines in the log', async () => {
    const logger = new LinesLogger();
    await using world = await worldAtRest({ operator: { logger } });
    world.cluster.takeNodeDown('worker-1');
    await world.pass(30_000, 1000);
    expect(await nodeEvents(world)).toEqual(['NodeNotReady worker-1 1']);
    expect(logger.lines).toContainEqual(expect.stringMatching(/^warn node worker-1 \(.+\) is offline/));
    await world.pass(300_000, 5000);
    world.cluster.bringNodeUp('worker-1');
    await world.pass(60_000, 1000);
    expect(await nodeEvents(world)).toEqual(['NodeNotReady worker-1 1', 'NodeReady worker-1 1']);
    expect(logger.lines).toContainEqual(expect.stringMatching(/^info node worker-1 \(.+\) is online again/));
  });

  it('that flaps has its events counted rather than repeated', async () => {
    await using world = await worldAtRest();
    for (let time = 0; time < 4; time++) {
      world.cluster.takeNodeDown('worker-1', 'link');
      await world.pass(20_000, 1000);
      world.cluster.bringNodeUp('worker-1');
      await world.pass(20_000, 1000);
    }
    await world.pass(60_000, 1000);
    expect(await nodeEvents(world)).toEqual(['NodeNotReady worker-1 4', 'NodeReady worker-1 4']);
  });

  it('costs one request in ten minutes at rest and no write, and few more while it stays away', async () => {
    await using world = await worldAtRest();
    const asked = world.calls.count('nodes.all');
    const revision = await world.registry.store.revision();
    await world.pass(3_600_000, 60_000);
    expect(world.calls.count('nodes.all') - asked).toBeLessThanOrEqual(6);
    expect(await world.registry.store.revision()).toBe(revision);
    world.cluster.takeNodeDown('worker-3');
    await world.pass(7_200_000, 60_000);
    expect(world.calls.count('nodes.all') - asked).toBeLessThan(45);
  });

  it('that goes away between two looks, its instances moved by the platform before the second, is told all the same', async () => {
    await using world = await worldAtRest({ operator: { pollIntervalMs: 30_000 } });
    await world.services.delete('telemetry');
    await world.pass(60_000, 1000);
    world.cluster.takeNodeDown('worker-1');
    await world.pass(600_000, 10_000);
    expect(await nodeEvents(world)).toEqual(['NodeNotReady worker-1 1']);
    expect(await world.reasons('web')).not.toContain('MinimumReplicasUnavailable');
  });

  it('that is away when an operator starts is told once, by whichever operator sees it first', async () => {
    await using world = await worldAtRest();
    await world.killOperator();
    world.cluster.takeNodeDown('worker-1');
    await world.pass(30_000, 1000);
    for (let start = 0; start < 3; start++) {
      await world.startOperator();
      await world.pass(30_000, 1000);
      await world.killOperator();
    }
    expect(await nodeEvents(world)).toEqual(['NodeNotReady worker-1 1']);
    world.cluster.bringNodeUp('worker-1');
    await world.startOperator();
    await world.pass(30_000, 1000);
    expect(await nodeEvents(world)).toEqual(['NodeNotReady worker-1 1', 'NodeReady worker-1 1']);
  });

  it('is looked at again where the answer was lost, which is told once', async () => {
    const logger = new LinesLogger();
    await using world = await worldAtRest({ operator: { logger } });
    let lost = 4;
    world.calls.dice = (method) => (method === 'nodes.all' && lost-- > 0 ? 'unreached' : undefined);
    world.cluster.takeNodeDown('worker-1');
    await world.pass(60_000, 1000);
    expect(lost).toBeLessThan(0);
    expect(await nodeEvents(world)).toEqual(['NodeNotReady worker-1 1']);
    const warnings = logger.lines.filter((line) => line.startsWith('warn cannot look'));
    expect(warnings.map((line) => line.split(' {')[0]).sort()).toEqual([
      'warn cannot look at the room on the nodes',
      'warn cannot look whether a node is away',
    ]);
  });
});
