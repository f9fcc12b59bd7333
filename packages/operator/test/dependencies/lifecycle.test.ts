import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ECSMService, findCondition, isInvalidError } from '@ecsm/api-types';
import { Registry, SqliteStore } from '@ecsm/registry';
import { describe, expect, it } from 'vitest';

import { isGone } from '../convergence/disturbances.js';
import { dynamic, World } from '../helpers/world.js';

const image = 'telemetry@1.0.0#sylixos';
const on = (...names: readonly string[]) => ({ dependsOn: names.map((name) => ({ name })) });

async function ready(world: World, name: string) {
  return findCondition((await world.get(name)).status?.conditions, 'DependenciesReady');
}

/** `back` runs, and `front` on it. */
async function frontAndBack(): Promise<World> {
  const world = await World.start();
  await world.apply('back', dynamic(1, image));
  await world.apply('front', dynamic(1, image, on('back')));
  await world.settle();
  return world;
}

describe('dependencies', () => {
  it('names what is missing and waits for it, however long that takes', async () => {
    await using world = await World.start();
    await world.apply('front', dynamic(1, image, on('back')));
    await world.pass(600_000, 30_000);
    expect(world.platformServices('front')).toEqual([]);
    expect(await ready(world, 'front')).toMatchObject({
      status: 'False',
      reason: 'WaitingForDependencies',
      message: 'not Available: default/back (does not exist)',
    });
    const progress = findCondition((await world.get('front')).status?.conditions, 'Progressing');
    expect(progress?.reason).toBe('WaitingForDependencies');
    await world.apply('back', dynamic(1, image));
    await world.settle();
    expect(world.running('front')).toHaveLength(1);
  });

  it('stops nobody because a dependency falters, not even between two revisions', async () => {
    await using world = await frontAndBack();
    await world.apply('back', dynamic(0, image));
    await world.settle();
    await world.services.delete('back');
    await world.until('back is gone', () => isGone(world, 'back'));
    await world.pass(30_000, 1000);
    expect(world.running('front')).toHaveLength(1);
    expect(await ready(world, 'front')).toMatchObject({ status: 'True', reason: 'AlreadyStarted' });
    await world.apply(
      'front',
      dynamic(1, 'telemetry@1.1.0#sylixos', { ...on('back'), updateStrategy: { type: 'Recreate' } }),
    );
    await world.settle();
    expect(world.running('front')).toEqual([expect.stringContaining('telemetry@1.1.0')]);
  });

  it('waits again after it was scaled to nothing', async () => {
    await using world = await frontAndBack();
    await world.apply('front', dynamic(0, image, on('back')));
    await world.settle();
    await world.services.delete('back');
    await world.until('back is gone', () => isGone(world, 'back'));
    await world.apply('front', dynamic(1, image, on('back')));
    await world.pass(10_000, 1000);
    expect(world.running('front')).toEqual([]);
    expect(await ready(world, 'front')).toMatchObject({ status: 'False' });
  });

  it('lets dependents go first where both are deleted', async () => {
    await using world = await World.start();
    const names = ['a', 'b', 'c', 'd'];
    await world.apply('a', dynamic(1, image));
    await world.apply('b', dynamic(1, image, on('a')));
    await world.apply('c', dynamic(1, image, on('a')));
    await world.apply('d', dynamic(1, image, on('b', 'c')));
    await world.settle();
    await world.services.deleteCollection();
    await world.until('all are gone', async () =>
      (await Promise.all(names.map((name) => isGone(world, name)))).every(Boolean),
    );
    const order = world.actions.flatMap((action) => (action.type === 'destroy' ? [action.name.charAt(0)] : []));
    expect(order[0]).toBe('d');
    expect(order.at(-1)).toBe('a');
    expect(order).toHaveLength(4);
    expect(await world.reasons('a')).toContain('WaitingForDependents');
  });

  it('lets one go at once that is deleted alone, and tells who will miss it', async () => {
    await using world = await frontAndBack();
    await world.services.delete('back');
    await world.until('back is gone', () => isGone(world, 'back'), 20_000);
    expect(await world.reasons('back')).toContain('DependentsRemain');
    expect(world.running('front')).toHaveLength(1);
  });

  it('reports a cycle that came about past the admission, and gets everybody deleted all the same', async () => {
    await using world = await World.start({ started: false });
    await world.apply('a', dynamic(1, image));
    await world.apply('b', dynamic(1, image, on('a')));
    const { store } = world.registry;
    const key = { kind: 'ecsmservices.ecsm.sh', namespace: 'default', name: 'a' };
    const entry = await store.get(key);
    if (entry === undefined) throw new Error('a is not stored');
    const object = JSON.parse(entry.value) as { readonly spec: object };
    const value = JSON.stringify({ ...object, spec: { ...object.spec, ...on('b') } });
    await store.commit({
      checks: [{ key, revision: entry.revision }],
      writes: [{ ...entry, type: 'put', key, value, generation: entry.generation + 1 }],
    });
    await world.startOperator();
    await world.pass(5000, 500);
    expect(await ready(world, 'a')).toMatchObject({ status: 'False', reason: 'DependencyCycle' });
    expect((await ready(world, 'a'))?.message).toContain('default/a → default/b → default/a');
    expect((await ready(world, 'b'))?.message).toContain('default/b → default/a → default/b');
    expect(await world.reasons('a')).toContain('DependencyCycle');
    await world.services.deleteCollection();
    await world.until('both are gone', async () => (await isGone(world, 'a')) && (await isGone(world, 'b')), 20_000);
  });
});

describe('admission', () => {
  it('refuses one of two edits that would close a cycle at once, from two processes` handles on one file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dependencies-'));
    const path = join(directory, 'registry.db');
    try {
      for (let round = 0; round < 10; round++) {
        await using first = new Registry({ store: await SqliteStore.open({ path }) });
        await using second = new Registry({ store: await SqliteStore.open({ path }) });
        const [a, b] = [`a-${round}`, `b-${round}`];
        const handle = (registry: Registry) => registry.resource(ECSMService).namespace('default');
        const manifest = (name: string, dependsOn: readonly string[]) => ({
          apiVersion: 'ecsm.sh/v1',
          kind: 'ECSMService',
          metadata: { name },
          spec: dynamic(1, image, on(...dependsOn)),
        });
        await handle(first).create(manifest(a, []));
        await handle(first).create(manifest(b, []));
        const edits = await Promise.allSettled([
          handle(first).apply(manifest(a, [b]), { force: true }),
          handle(second).apply(manifest(b, [a]), { force: true }),
        ]);
        const lost = edits.flatMap((edit) => (edit.status === 'rejected' ? [edit.reason as unknown] : []));
        expect(lost).toHaveLength(1);
        expect(isInvalidError(lost[0])).toBe(true);
        expect(String(lost[0])).toMatch(
          new RegExp(`default/${a} → default/${b} → default/${a}|default/${b} → default/${a} → default/${b}`),
        );
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
