import { Event, findCondition } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { LinesLogger } from './helpers/lines-logger.js';
import { dynamic, onNodes, sylixosNodes, World } from './helpers/world.js';

describe('a node that stays away', () => {
  it('is written once, however often its services are tried again', async () => {
    await using world = await World.start();
    await world.apply('telemetry', onNodes(sylixosNodes));
    await world.settle();
    await world.pass(120_000, 1000);
    world.cluster.takeNodeDown('worker-3');
    await world.pass(1_200_000, 1000);
    const revision = async () => Number((await world.registry.resource(Event).list()).resourceVersion);
    const [before, actions] = [await revision(), world.actions.length];
    await world.pass(3 * 3_600_000, 10_000);
    // What is done is an event and, so that the next operator is as patient, noted with the revision.
    expect((await revision()) - before).toBeLessThanOrEqual(2 * (world.actions.length - actions));
    expect(findCondition((await world.get('telemetry')).status?.conditions, 'Degraded')?.status).toBe('True');
  });
});

it('tells once that an action gets no answer, and anew when one did meanwhile', async () => {
  const log = new LinesLogger();
  await using world = await World.start({ operator: { logger: log } });
  const told = (): number => log.lines.filter((line) => line.includes('refused by the test')).length;
  const lose = (): void => {
    world.calls.dice = (method) => (method === 'services.create' ? 'unreached' : undefined);
  };
  lose();
  await world.apply('web', dynamic(1));
  await world.pass(120_000);
  expect(world.calls.count('services.create')).toBeGreaterThan(10);
  expect(told()).toBe(1);
  world.calls.dice = () => undefined;
  await world.settle();
  lose();
  await world.apply('web', dynamic(1, 'web@1.1.0#sylixos'));
  await world.pass(60_000);
  expect(told()).toBe(2);
});
