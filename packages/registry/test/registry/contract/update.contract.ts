import {
  edit,
  isBadRequestError,
  isConflictError,
  isInvalidError,
  isNotFoundError,
  Lease,
  type InvalidError,
} from '@ecsm/api-types';
import { retryOnConflict } from '@ecsm/registry';
import { describe, expect, it } from 'vitest';
import { without } from '../helpers/without.js';
import { failureOf } from '../helpers/failure-of.js';
import type { OpenRegistry } from '../helpers/implementations.js';
import { lease, Widget, widget, Zone, zone } from '../helpers/kinds.js';

const resized = (object: Widget, size: number): Widget => edit(object, (draft) => void (draft.spec.size = size));

export function describeUpdate(open: OpenRegistry): void {
  describe('update', () => {
    it('S6 every write gets a larger resourceVersion, in one order over all kinds', async () => {
      await using test = await open();
      const { registry } = test;
      const a = await registry.resource(Widget).create(widget('a'));
      const b = await registry.resource(Zone).create(zone('b'));
      const a2 = await registry.resource(Widget).update(resized(a, 2));
      const versions = [a, b, a2].map(({ metadata }) => Number(metadata.resourceVersion));
      expect(versions).toEqual([...versions].sort((x, y) => x - y));
      expect(new Set(versions).size).toBe(3);
      await registry.resource(Widget).delete({ namespace: 'default', name: 'a' });
      const again = await registry.resource(Widget).create(widget('a'));
      expect(again.metadata.uid).not.toBe(a.metadata.uid);
      expect(again.metadata.generation).toBe(1);
    });

    it('S7 a stale resourceVersion is a conflict and changes nothing; a missing object is NotFound', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a'));
      const second = await widgets.update(resized(first, 2));
      const failure = await failureOf(widgets.update(resized(first, 3)));
      expect(failure).toSatisfy(isConflictError);
      expect(String(failure)).toMatch(/widgets "default\/a" is at resourceVersion \d+, not \d+/);
      expect(await widgets.get({ namespace: 'default', name: 'a' })).toEqual(second);
      const { metadata, ...rest } = second;
      expect(await failureOf(widgets.update({ ...rest, metadata: { ...metadata, name: 'b' } }))).toSatisfy(
        isNotFoundError,
      );
    });

    it('S7 no kind allows an update without a resourceVersion', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      await widgets.create(widget('a'));
      const failure = await failureOf(widgets.update(widget('a', { size: 2 }) as Widget));
      expect((failure as InvalidError).errors).toMatchObject([{ field: 'metadata.resourceVersion' }]);
    });

    it('S7 an object made anew under the same name is another one', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a'));
      await widgets.delete({ namespace: 'default', name: 'a' });
      const second = await widgets.create(widget('a'));
      const { resourceVersion } = second.metadata;
      const late = { ...first, metadata: { ...first.metadata, resourceVersion } };
      expect(await failureOf(widgets.update(late))).toSatisfy(isConflictError);
    });

    it('S8 an update that changes nothing writes nothing, whatever the order of fields', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const stored = await widgets.create(
        widget('a', { parts: { b: 1, a: [1, { d: 1, c: 2 }] } }, { labels: { x: '1', y: '2' } }),
      );
      const before = await test.store.revision();
      expect(await widgets.update(stored)).toEqual(stored);
      const { apiVersion, kind, metadata, spec } = stored;
      const turned = {
        spec: { parts: { a: [1, { c: 2, d: 1 }], b: 1 }, size: spec.size },
        metadata: { ...metadata, labels: { y: '2', x: '1' }, finalizers: [], annotations: {} },
        kind,
        apiVersion,
      };
      expect(await widgets.update(turned)).toEqual(stored);
      expect(await test.store.revision()).toBe(before);
    });

    it('S9 retryOnConflict calls again with the fresh object, exactly once for one conflict', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a'));
      let calls = 0;
      const updated = await retryOnConflict(
        async () => {
          const read = await widgets.get('a');
          if (++calls === 1) await widgets.patch('a', { type: 'merge', patch: { spec: { size: 50 } } });
          return widgets.update(edit(read, (draft) => void (draft.spec.size += 1)));
        },
        { delayMs: 0 },
      );
      expect(calls).toBe(2);
      expect(updated.spec.size).toBe(51);
    });

    it('S10 the failure of the function reaches the caller unchanged', async () => {
      const mine = new Error('mine');
      let calls = 0;
      const failure = await failureOf(
        retryOnConflict(() => {
          calls++;
          return Promise.reject(mine);
        }),
      );
      expect(failure).toBe(mine);
      expect(calls).toBe(1);
    });

    it('S11 patches without resourceVersion all succeed at once; with the same one, exactly one does', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const { metadata } = await widgets.create(widget('a'));
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          widgets.patch('a', { type: 'merge', patch: { metadata: { labels: { [`l${index}`]: 'x' } } } }),
        ),
      );
      const all = await widgets.get('a');
      expect(Object.keys(all.metadata.labels ?? {})).toHaveLength(20);
      expect(metadata.resourceVersion).not.toBe(all.metadata.resourceVersion);

      const { resourceVersion } = all.metadata;
      const outcomes = await Promise.allSettled([
        ...Array.from({ length: 5 }, (_, index) =>
          widgets.patch('a', { type: 'merge', patch: { metadata: { resourceVersion }, spec: { size: 10 + index } } }),
        ),
        ...Array.from({ length: 5 }, (_, index) => widgets.update(resized(all, 20 + index))),
      ]);
      const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(failures).toHaveLength(9);
      expect(failures.every(({ reason }) => isConflictError(reason))).toBe(true);
    });

    it('S12 identity comes from the stored object; a changed spec raises generation by one, other changes do not', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a'));
      const forged = {
        ...resized(first, 2),
        metadata: {
          ...first.metadata,
          generation: 99,
          creationTimestamp: '1999-01-01T00:00:00Z',
          deletionTimestamp: '1999-01-01T00:00:00Z',
        },
      };
      const second = await widgets.update(forged);
      expect(second.metadata).toMatchObject({ generation: 2, creationTimestamp: first.metadata.creationTimestamp });
      expect(second.metadata).not.toHaveProperty('deletionTimestamp');
      const third = await widgets.update({ ...second, metadata: { ...second.metadata, labels: { a: 'b' } } });
      expect(third.metadata.generation).toBe(2);
      const fourth = await widgets.updateStatus({ ...third, status: { ready: 1 } });
      expect(fourth.metadata.generation).toBe(2);
    });

    it('S12 of a kind without a status of its own, every change of content is a new generation', async () => {
      await using test = await open();
      const zones = test.registry.resource(Zone);
      const first = await zones.create(zone('a'));
      const second = await zones.update({ ...first, region: 'south' });
      expect(second.metadata.generation).toBe(2);
      expect(await zones.get({ name: 'a' })).toEqual(second);
    });

    it('S14 a dry run of an update writes nothing', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const stored = await widgets.create(widget('a'));
      const would = await widgets.update(resized(stored, 2), { dryRun: true });
      expect(would.spec.size).toBe(2);
      expect(would.metadata).toMatchObject({ generation: 2, resourceVersion: stored.metadata.resourceVersion });
      expect(await failureOf(widgets.update(resized(stored, -2), { dryRun: true }))).toSatisfy(isInvalidError);
      expect(await widgets.get({ namespace: 'default', name: 'a' })).toEqual(stored);
    });

    it('is refused when the object is of another kind', async () => {
      await using test = await open();
      const stored = await test.registry.resource(Widget).create(widget('a'));
      const failure = await failureOf(test.registry.resource(Widget).update({ ...stored, kind: 'Gadget' }));
      expect(failure).toSatisfy(isBadRequestError);
      expect(String(failure)).toMatch(/expected apiVersion "test.dev\/v1" and kind "Widget"/);
    });

    it('an object that breaks newer rules can still lose its finalizers', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const stored = await widgets.create(widget('a', {}, { finalizers: ['test.dev/hold'] }));
      // What an older program with other rules has written.
      const key = { kind: 'widgets.test.dev', namespace: 'default', name: 'a' };
      const entry = await test.store.get(key);
      const { revision, ...rest } = entry!;
      await test.store.commit({
        checks: [{ key, revision }],
        writes: [{ type: 'put', ...rest, value: entry!.value.replace('"size":1', '"size":1000') }],
      });
      const read = await widgets.get({ namespace: 'default', name: 'a' });
      expect(read.spec.size).toBe(1000);
      await widgets.updateStatus({ ...read, status: { ready: 1 } });
      await widgets.delete({ namespace: 'default', name: 'a' });
      const patch = { type: 'merge', patch: { metadata: { finalizers: null } } } as const;
      await widgets.patch({ namespace: 'default', name: 'a' }, patch);
      expect(await failureOf(widgets.get({ namespace: 'default', name: 'a' }))).toSatisfy(isNotFoundError);
      expect(stored.metadata.finalizers).toEqual(['test.dev/hold']);
    });

    it('rules across objects hold under concurrent writers', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      for (let round = 0; round < 5; round++) {
        const [a, b] = [`a${round}`, `b${round}`];
        await widgets.create(widget(a));
        await widgets.create(widget(b));
        const outcomes = await Promise.allSettled([
          widgets.patch(a, { type: 'merge', patch: { spec: { twin: b } } }),
          widgets.patch(b, { type: 'merge', patch: { spec: { twin: a } } }),
        ]);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toSatisfy(isInvalidError);
      }
    });
  });

  describe('status', () => {
    it('S13 an update ignores the status, a status update ignores all else', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a'));
      const second = await widgets.update({ ...resized(first, 2), status: { ready: 7 } });
      expect(second.status).toBeUndefined();
      const third = await widgets.updateStatus({
        ...resized(second, 9),
        metadata: { ...second.metadata, labels: { a: 'b' } },
        status: { ready: 7 },
      });
      expect(third).toMatchObject({ spec: { size: 2 }, status: { ready: 7 } });
      expect(third.metadata).not.toHaveProperty('labels');
      const fourth = await widgets.update({ ...resized(third, 3), status: {} });
      expect(fourth.status).toEqual({ ready: 7 });
    });

    it('S13 checks the resourceVersion when one is given, and lands on the newest object without', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a'));
      const second = await widgets.update(resized(first, 2));
      expect(await failureOf(widgets.updateStatus({ ...first, status: { ready: 1 } }))).toSatisfy(isConflictError);
      const metadata = without(first.metadata, 'resourceVersion');
      const third = await widgets.updateStatus({ ...first, metadata, status: { ready: 1 } });
      expect(third).toMatchObject({ spec: { size: 2 }, status: { ready: 1 } });
      expect(Number(third.metadata.resourceVersion)).toBeGreaterThan(Number(second.metadata.resourceVersion));
    });

    it('S13 needs the uid, so that the status of an object that is gone lands on no namesake', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a'));
      await widgets.delete({ namespace: 'default', name: 'a' });
      await widgets.create(widget('a'));
      const metadata = without(first.metadata, 'resourceVersion');
      expect(await failureOf(widgets.updateStatus({ ...first, metadata, status: { ready: 1 } }))).toSatisfy(
        isConflictError,
      );
      const nameless = without(metadata, 'uid');
      expect(await failureOf(widgets.updateStatus({ ...first, metadata: nameless, status: {} }))).toSatisfy(
        isInvalidError,
      );
    });

    it('S13 kinds without a status of their own have no status to update', async () => {
      await using test = await open();
      const created = await test.registry.resource(Lease).create(lease('a'));
      expect(await failureOf(test.registry.resource(Lease).updateStatus(created))).toSatisfy(isNotFoundError);
    });

    it('observedGeneration never goes down', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a'));
      await widgets.updateStatus({ ...first, status: { observedGeneration: 3 } });
      const metadata = without(first.metadata, 'resourceVersion');
      const late = await widgets.updateStatus({ ...first, metadata, status: { observedGeneration: 1, ready: 2 } });
      expect(late.status).toEqual({ observedGeneration: 3, ready: 2 });
      const silent = await widgets.updateStatus({ ...first, metadata, status: { ready: 4 } });
      expect(silent.status).toEqual({ observedGeneration: 3, ready: 4 });
    });

    it('S8 an unchanged status writes nothing', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a'));
      const second = await widgets.updateStatus({ ...first, status: { ready: 1, note: 'x' } });
      const before = await test.store.revision();
      expect(await widgets.updateStatus({ ...second, status: { note: 'x', ready: 1 } })).toEqual(second);
      expect(await test.store.revision()).toBe(before);
    });

    it('is validated', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a'));
      const failure = await failureOf(widgets.updateStatus({ ...first, status: { ready: -1 } }));
      expect((failure as InvalidError).errors).toEqual([
        { field: 'status.ready', value: -1, rule: 'must be at least 0' },
      ]);
    });
  });

  describe('scale', () => {
    it('sets the number of replicas and nothing else', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a', { colour: 'red' }));
      const scaled = await widgets.scale('a', 7);
      expect(scaled.spec).toEqual({ colour: 'red', size: 7 });
      expect(scaled.metadata.generation).toBe(2);
      expect(await widgets.scale('a', 7)).toEqual(scaled);
    });

    it('is refused by kinds and objects that cannot, and for what is no number of replicas', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a'));
      await test.registry.resource(Zone).create(zone('a'));
      expect(await failureOf(test.registry.resource(Zone).scale('a', 1))).toSatisfy(isNotFoundError);
      for (const wrong of [-1, 1.5, Number.NaN, 101]) {
        expect(await failureOf(widgets.scale('a', wrong))).toSatisfy(isInvalidError);
      }
      expect(await failureOf(widgets.scale('b', 1))).toSatisfy(isNotFoundError);
    });

    it('S11 racing with an update, only one of two with the same resourceVersion wins', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const stored = await widgets.create(widget('a'));
      const outcomes = await Promise.allSettled([
        widgets.update(resized(stored, 2)),
        widgets.update(resized(stored, 3)),
        widgets.scale('a', 4),
      ]);
      expect(outcomes[2].status).toBe('fulfilled'); // it names no version, so it is redone
      expect(outcomes.slice(0, 2).filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    });
  });
}
