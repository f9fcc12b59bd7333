import { describe, expect, it } from 'vitest';

import { dynamic, World } from '../helpers/world.js';

const image = 'telemetry@1.0.0#sylixos';
/** The first look, which finds nothing, and the pull of the image onto a node, which takes longer than one. */
const pullPolls = 2;
/** Looks that fall into the creation of a whole layer: requests are real and take their time, the clock of the looks is not. */
const widePolls = 5;

/** A service of one instance, small enough for hundreds on a few nodes. */
function dependingOn(...names: readonly string[]) {
  const template = { image, resources: { limits: { memory: '4Mi', disk: '4Mi' } } };
  return dynamic(1, image, { template, dependsOn: names.map((name) => ({ name })) });
}

/** Starts with the product's own pace: a look every 2 s while something moves. */
function start(): Promise<World> {
  return World.start({ started: false, operator: { movingPollIntervalMs: 2000, pollIntervalMs: 30_000 } });
}

/** Lets requests and promise chains come to their end, however many there are; time stands still. */
async function calm(world: World): Promise<void> {
  const state = async (): Promise<string> => {
    const open = [...(await world.operator.unsettled())].filter(([, why]) => why === 'not looked at yet').length;
    return `${await world.registry.store.revision()} ${world.actions.length} ${open}`;
  };
  for (let before = '', after = await state(); before !== after; [before, after] = [after, await state()]) {
    for (let quiet = 0; quiet < 1500; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (world.calls.pending > 0) quiet = 0;
    }
  }
}

/** Lets everything start; returns the looks at the platform that took. */
async function launch(world: World, count: number): Promise<number> {
  await world.startOperator();
  for (let looks = 0; looks < 2 * count; looks++) {
    await calm(world);
    if (world.actions.length === count && (await world.operator.unsettled()).size === 0) break;
    await world.clock.advance(2000);
  }
  expect(world.actions.map(({ type }) => type)).toEqual(Array.from({ length: count }, () => 'create'));
  return world.operator.polls;
}

describe('graphs of dependencies', () => {
  it('starts a chain of 200 with one look for each link', { timeout: 120_000 }, async () => {
    await using world = await start();
    const length = 200;
    // The last first, so that everybody has to wait for what is not even there yet.
    for (let link = length - 1; link > 0; link--) await world.apply(`link-${link}`, dependingOn(`link-${link - 1}`));
    await world.apply('link-0', dependingOn());
    const polls = await launch(world, length);
    expect(polls).toBeLessThanOrEqual(length + pullPolls);
    const order = world.actions.map((action) => (action.type === 'create' ? action.name.split('-')[1] : ''));
    expect(order).toEqual(Array.from({ length }, (_, link) => String(link)));
  });

  it('starts 200 between two as one layer', { timeout: 120_000 }, async () => {
    await using world = await start();
    const middle = Array.from({ length: 200 }, (_, index) => `middle-${index}`);
    await world.apply('top', dependingOn());
    for (const name of middle) await world.apply(name, dependingOn('top'));
    await world.apply('bottom', dependingOn(...middle));
    const polls = await launch(world, 202);
    expect(polls).toBeLessThanOrEqual(3 + pullPolls + widePolls);
  });

  it(
    'starts six layers of ten, each on all of the one before, in as many looks as layers',
    { timeout: 120_000 },
    async () => {
      await using world = await start();
      const name = (layer: number, place: number): string => `l${layer}-${place}`;
      for (let layer = 0; layer < 6; layer++) {
        const below = layer === 0 ? [] : Array.from({ length: 10 }, (_, place) => name(layer - 1, place));
        for (let place = 0; place < 10; place++) await world.apply(name(layer, place), dependingOn(...below));
      }
      const polls = await launch(world, 60);
      expect(polls).toBeLessThanOrEqual(6 + pullPolls);
    },
  );
});
