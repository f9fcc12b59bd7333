import { isApiError, isConflictError, type Manifest } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { MemoryStore, Registry } from '@ecsm/registry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readApplied, type AppliedManifest } from '../../src/registry/internal/applied-manifests.js';
import { differenceFrom, withDifference } from '../../src/registry/internal/json-difference.js';
import { KindBinding } from '../../src/registry/internal/kind-binding.js';
import { decodeEntry } from '../../src/registry/internal/raw-object.js';
import { failureOf } from './helpers/failure-of.js';
import { testScheme, Widget, widget } from './helpers/kinds.js';

const key = { kind: 'widgets.test.dev', namespace: 'default', name: 'a' };
const binding = new KindBinding(testScheme.kindOf({ apiVersion: 'test.dev/v1', kind: 'Widget' }));

const fields = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'constructor', '0', ''),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  { noNullPrototype: true },
);

/** Few fields and values, so that what the writers say meets. */
const spec = fc.record(
  {
    size: fc.integer({ min: 0, max: 2 }),
    colour: fc.constantFrom('red' as const, 'green' as const),
    parts: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom(1, [1, 2], { z: 1 }, { z: 2, w: 1 }), {
      noNullPrototype: true,
    }),
  },
  { requiredKeys: ['size'] },
);
const metadata = fc.record(
  {
    labels: fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('1', '2'), {
      minKeys: 1,
      noNullPrototype: true,
    }),
    finalizers: fc.subarray(['test.dev/a', 'test.dev/b'], { minLength: 1 }),
  },
  { requiredKeys: [] },
);
const write = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('one', 'two'), spec, metadata) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('update', 'status', 'delete'), spec, metadata) },
);

interface World {
  readonly store: MemoryStore;
  readonly registry: Registry;
}

function openWorld(): World {
  const clock = new ManualClock();
  const store = new MemoryStore({ clock });
  return { store, registry: new Registry({ store, clock, scheme: testScheme }) };
}

/** What the store holds of what was said. */
async function kept({ store }: World): Promise<unknown> {
  const entry = await store.get(key, { applied: true });
  return entry === undefined ? undefined : readApplied(binding, entry.applied, decodeEntry(entry));
}

/** Carries out one write, and keeps in `said` what each manager has said last. */
async function carryOut(
  { registry }: World,
  said: Map<string, AppliedManifest>,
  [who, content, meta]: readonly [string, Widget['spec'], Partial<Manifest<Widget>['metadata']>],
): Promise<void> {
  const widgets = registry.resource(Widget).namespace('default');
  const stored = await widgets.get('a').catch(() => undefined);
  if (who === 'one' || who === 'two') {
    const manifest = widget('a', content, meta);
    await widgets.apply(manifest, { manager: who, force: true });
    const { apiVersion, kind, spec: wanted } = manifest;
    said.set(who, { apiVersion, kind, metadata: meta, spec: wanted });
  } else if (stored !== undefined) {
    if (who === 'update') {
      const { name, namespace, resourceVersion } = stored.metadata;
      await widgets.update({
        ...stored,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }), resourceVersion, ...meta },
        spec: content,
      });
    } else if (who === 'status') {
      await widgets.updateStatus({ ...stored, status: { ready: content.size } });
    } else {
      await widgets.delete('a');
    }
  }
  const left = await widgets.get('a').catch(() => undefined);
  if (left?.metadata.uid !== stored?.metadata.uid && stored !== undefined) said.clear();
  if (left === undefined) said.clear();
}

describe('what was applied', () => {
  it('a difference leads back to what it was taken of', () => {
    fc.assert(
      fc.property(fields, fields, (from, to) => {
        const text = JSON.stringify(differenceFrom(from, to));
        expect(withDifference(from, JSON.parse(text))).toEqual(to);
      }),
      { numRuns: 500, seed: 11 },
    );
    expect(differenceFrom({ a: { b: 1 } }, { a: { b: 1 } })).toEqual([]);
    expect(JSON.stringify(differenceFrom({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: 1 }, d: [1] }))).toBe(
      '[[],{},{"a":[["c"]]}]',
    );
  });

  it('a text that fits no object is no manifest, whatever it is', () => {
    for (const text of ['', 'null', '[]', '{"me":7}', '{"me":[[],{},{"spec":[[],{},{"size":[]}]}]}', '{"me":[{},1]}']) {
      expect(
        readApplied(binding, text, { apiVersion: 'v1', kind: 'W', metadata: { name: 'a' }, spec: { size: 1 } }),
      ).toEqual({});
    }
  });

  it('stays what was said, whoever writes what in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 2, maxLength: 8 }), async (writes) => {
        const world = openWorld();
        const said = new Map<string, AppliedManifest>();
        for (const each of writes) {
          try {
            await carryOut(world, said, each);
          } catch (error) {
            if (!isApiError(error)) throw error; // refused, as a finalizer that is added to what is being deleted
          }
          expect((await kept(world)) ?? {}).toEqual(Object.fromEntries(said));
        }
        await world.registry.close();
      }),
      { numRuns: 60, seed: 12 },
    );
  });

  it('is written by an earlier program as a whole, and means the same', async () => {
    const world = openWorld();
    const widgets = world.registry.resource(Widget).namespace('default');
    await widgets.create(widget('a', { size: 1, parts: { x: 1, y: 1 } }));
    const { apiVersion, kind, spec: wanted } = widget('a', { size: 1, parts: { x: 1, y: 1 } });
    const text = JSON.stringify({ default: { apiVersion, kind, metadata: {}, spec: wanted } });
    await world.store.commit({ checks: [], writes: [{ type: 'apply', key, applied: text }] });
    await widgets.scale('a', 2);
    const failure = await failureOf(widgets.apply(widget('a', { size: 3, parts: { x: 1 } })));
    expect(failure).toSatisfy(isConflictError);
    expect((failure as { conflicts?: unknown }).conflicts).toEqual([{ field: '.spec.size', live: 2, wanted: 3 }]);
    const { object } = await widgets.apply(widget('a', { size: 2, parts: { x: 1 } }));
    expect(object.spec.parts).toEqual({ x: 1 });
    await world.registry.close();
  });
});
