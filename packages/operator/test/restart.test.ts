import { findCondition } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { dynamic, World } from './helpers/world.js';

const minuteMs = 60_000;

/** A world with some services at rest, whose operator is gone. */
async function deserted(names: readonly string[]): Promise<World> {
  const world = await World.start();
  const template = { image: 'web@1.0.0#sylixos', env: [{ name: 'A', value: '1' }] };
  for (const name of names) await world.apply(name, dynamic(1, template.image, { template }));
  await world.settle();
  await world.killOperator();
  return world;
}

/** Takes the mark off a service and returns its id. */
function unmark(world: World, name: string): string {
  const service = world.cluster.service(world.platformServices(name)[0] ?? '');
  const config = JSON.parse(JSON.stringify(service.image.config).replace(/"ECSM_SH_OWNER=[^"]*"/, '"B=1"')) as object;
  Object.assign(service, { image: { ...service.image, config } });
  return service.id;
}

describe('an operator that is started anew', () => {
  it('reads no more details than the limit allows, and is ready to act on all objects at once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `web-${index}`);
    await using world = await deserted(names);
    const before = world.calls.count('services.get');
    const read = (): number => world.calls.count('services.get') - before;
    await world.startOperator({ detailsPerMinute: 5 });
    await world.settle();
    expect(read()).toBeLessThanOrEqual(5);
    await world.apply('web-19', {
      ...(await world.get('web-19')).spec,
      ...dynamic(2),
      template: (await world.get('web-19')).spec.template,
    });
    await world.settle();
    expect(world.running('web-19')).toHaveLength(2);
    await world.pass(10 * minuteMs, 10_000);
    // All of them once within the round of ten minutes, and the one that was changed once or twice more.
    expect(read()).toBeGreaterThanOrEqual(20);
    expect(read()).toBeLessThanOrEqual(5 + 20 + 3);
  });

  it('looks a small system through at once, and takes back what was changed meanwhile', async () => {
    await using world = await deserted(['web']);
    const service = world.cluster.service(world.platformServices('web')[0] ?? '');
    const config = JSON.parse(JSON.stringify(service.image.config).replace('A=1', 'A=2')) as object;
    Object.assign(service, { image: { ...service.image, config } });
    await world.startOperator();
    await world.pass(20_000);
    await world.settle();
    expect(await world.reasons('web')).toContain('DriftCorrected');
  });

  it('makes nothing twice under another operator id, and goes on under its own', async () => {
    await using world = await deserted(['web']);
    const { writes } = world.calls;
    await world.startOperator({ operatorId: 'other' });
    await world.pass(120_000, 1000);
    expect(world.calls.writes).toBe(writes);
    expect(findCondition((await world.get('web')).status?.conditions, 'Degraded')?.reason).toBe('OtherOperator');
    await world.killOperator();
    await world.startOperator();
    await world.settle();
    expect(world.calls.writes).toBe(writes);
    expect(world.running('web')).toHaveLength(1);
  });

  it('touches nothing whose mark was taken away meanwhile, although it knows the service', async () => {
    await using world = await deserted(['web']);
    const id = unmark(world, 'web');
    // No look at details before the deletion.
    await world.startOperator({ detailsPerMinute: 0 });
    await world.services.delete('web');
    await world.pass(20_000);
    expect(world.cluster.state.services.has(id)).toBe(true);
    expect(world.running('web')).toHaveLength(1);
  });
});
