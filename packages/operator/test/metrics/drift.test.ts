import { expect, it } from 'vitest';

import { dynamic, storeOtherHostNames, World } from '../helpers/world.js';

/** Writes down what is told of drift. */
function into(told: string[]) {
  return {
    onDrift: ({ name }: { readonly name: string }, outcome: string, fields: number): void => {
      told.push(`${name} ${outcome} ${fields}`);
    },
  };
}

/** Changes the environment of a platform service as somebody with a browser would. */
function changeByHand(world: World, entry: string): void {
  const service = world.cluster.service(world.platformServices('web')[0] ?? '');
  const config = service.image.config as { readonly process: { readonly env: readonly string[] } };
  const env = config.process.env.map((each) => (each.startsWith('A=') ? entry : each));
  world.cluster.services.update({
    id: service.id,
    name: service.name,
    image: { ...service.image, config: { ...service.image.config, process: { ...config.process, env } } },
    node: { names: service.nodeNames },
    factor: 2,
    policy: 'dynamic',
  });
}

const template = { image: 'web@1.0.0#sylixos', env: [{ name: 'A', value: '1' }] };

it('tells of a field that somebody changed, once, and that it was set right', async () => {
  const told: string[] = [];
  await using world = await World.start({ operator: into(told) });
  await world.apply('web', dynamic(2, template.image, { template }));
  await world.settle();
  expect(told).toEqual([]);
  for (const round of [1, 2]) {
    changeByHand(world, 'A=2');
    await world.pass(60_000);
    await world.settle();
    expect(told).toHaveLength(2 * round);
  }
  expect(told).toEqual(['web seen 1', 'web corrected 1', 'web seen 1', 'web corrected 1']);
});

it('tells of a value that the platform stores otherwise as tolerated, and of no change', async () => {
  const told: string[] = [];
  await using world = await World.start({ operator: into(told) });
  storeOtherHostNames(world);
  await world.apply('web', dynamic(1));
  await world.settle();
  await world.pass(60_000, 1000);
  expect(told).toEqual(['web tolerated 1']);
});
