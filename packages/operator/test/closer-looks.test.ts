import { describe, expect, it } from 'vitest';

import { dynamic, World } from './helpers/world.js';

const minuteMs = 60_000;

/** A world at rest with one service, every closer look at which was taken once. */
async function atRest(options: Parameters<typeof World.start>[0] = {}): Promise<World> {
  const world = await World.start(options);
  const template = { image: 'web@1.0.0#sylixos', env: [{ name: 'A', value: '1' }] };
  await world.apply('web', dynamic(2, 'web@1.0.0#sylixos', { template }));
  await world.settle();
  await world.pass(15 * minuteMs, 10_000);
  return world;
}

/** Gives a service another environment behind the platform's back: neither its row nor a stamp tells. */
function meddle(world: World): () => string {
  const service = world.cluster.service(world.platformServices('web')[0] ?? '');
  const config = service.image.config as { readonly process: { readonly env: readonly string[] } };
  const env = config.process.env.map((entry) => entry.replace('A=1', 'A=2'));
  Object.assign(service, {
    image: { ...service.image, config: { ...service.image.config, process: { ...config.process, env } } },
  });
  return () => JSON.stringify(world.cluster.service(world.platformServices('web')[0] ?? '').image.config);
}

describe('closer looks at what a run was content with', () => {
  it('run nothing while the detail stays as it is, but once an hour', async () => {
    const runs: string[] = [];
    await using world = await atRest({ operator: { onRun: ({ causes }) => runs.push(causes[0]?.reason ?? '') } });
    runs.length = 0;
    const reads = world.calls.count('services.get');
    const looks = world.calls.count('services.getUnless');
    await world.pass(120 * minuteMs, 10_000);
    expect(runs).toEqual(['it is time for a closer look', 'it is time for a closer look']);
    expect(world.calls.count('services.get') - reads).toBe(2);
    expect(world.calls.count('services.getUnless') - looks).toBe(10);
  });

  it('find within ten minutes what no row tells', async () => {
    await using world = await atRest();
    const config = meddle(world);
    expect(config()).toContain('A=2');
    await world.pass(11 * minuteMs, 10_000);
    await world.settle();
    expect(config()).toContain('A=1');
    expect(await world.reasons('web')).toContain('DriftCorrected');
  });

  it('find it too after a change of the object that reads no detail', async () => {
    await using world = await atRest();
    const { spec } = await world.get('web');
    await world.apply('web', { ...spec, revisionHistoryLimit: 3 });
    const config = meddle(world);
    await world.pass(11 * minuteMs, 10_000);
    await world.settle();
    expect(config()).toContain('A=1');
  });

  it('are no fault of the object where they are lost', async () => {
    await using world = await atRest();
    const { revision } = await world.registry.stats();
    world.calls.dice = (method) => (method === 'services.getUnless' ? 'unreached' : undefined);
    await world.pass(30 * minuteMs, 10_000);
    expect((await world.registry.stats()).revision).toBe(revision);
    world.calls.dice = () => undefined;
    const config = meddle(world);
    await world.pass(11 * minuteMs, 10_000);
    await world.settle();
    expect(config()).toContain('A=1');
  });
});
