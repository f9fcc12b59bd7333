import {
  edit,
  isBadRequestError,
  isConflictError,
  isInvalidError,
  isNotFoundError,
  Lease,
  type InvalidError,
} from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';
import { collect } from '../helpers/collect.js';
import { failureOf } from '../helpers/failure-of.js';
import type { OpenRegistry } from '../helpers/implementations.js';
import { lease, ownedBy, Spark, Widget, widget, Zone, zone } from '../helpers/kinds.js';

const hold = { finalizers: ['test.dev/hold'] };

export function describeDelete(open: OpenRegistry): void {
  describe('delete', () => {
    it('S16 returns the last object with the resourceVersion of the deletion; of a missing one, nothing', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const stored = await widgets.create(widget('a'));
      const result = await widgets.delete('a');
      expect(result).toMatchObject({ deleted: true, pendingFinalizers: [], object: { spec: stored.spec } });
      expect(result.deleted && Number(result.object.metadata.resourceVersion)).toBe(await test.store.revision());
      const before = await test.store.revision();
      expect(await widgets.delete('a')).toEqual({ deleted: false });
      expect(await widgets.delete('a', { preconditions: { uid: 'x' } })).toEqual({ deleted: false });
      expect(await test.store.revision()).toBe(before);
    });

    it('S17 preconditions that do not hold are a conflict, and the object stays', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const { metadata } = await widgets.create(widget('a'));
      expect(await failureOf(widgets.delete('a', { preconditions: { uid: 'x' } }))).toSatisfy(isConflictError);
      expect(await failureOf(widgets.delete('a', { preconditions: { resourceVersion: '1' } }))).toSatisfy(
        isConflictError,
      );
      await widgets.get('a');
      const { uid, resourceVersion } = metadata;
      expect(await widgets.delete('a', { preconditions: { uid, resourceVersion } })).toMatchObject({ deleted: true });
    });

    it('S18 decides on what is stored: a finalizer that is added at the same time holds the object or comes too late', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      for (let round = 0; round < 5; round++) {
        const name = `a${round}`;
        await widgets.create(widget(name));
        const [added, deleted] = await Promise.allSettled([
          widgets.patch(name, { type: 'merge', patch: { metadata: hold } }),
          widgets.delete(name),
        ]);
        const left = await widgets.get(name).catch(() => undefined);
        expect(deleted.status).toBe('fulfilled');
        if (added.status === 'rejected') {
          expect([isNotFoundError(added.reason), isInvalidError(added.reason)]).toContain(true);
          expect(left).toBeUndefined();
        } else {
          expect(left?.metadata.deletionTimestamp).toBeDefined();
        }
      }
    });

    it('S19 finalizers turn a delete into a mark, once; the last one to go takes the object along', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const stored = await widgets.create(widget('a', {}, { finalizers: ['test.dev/one', 'test.dev/two'] }));
      await test.clock.advance(5_000);
      const marked = await widgets.delete('a');
      expect(marked).toMatchObject({
        deleted: true,
        pendingFinalizers: ['test.dev/one', 'test.dev/two'],
        object: { metadata: { deletionTimestamp: '2026-01-01T00:00:05Z', generation: 2 } },
      });
      await test.clock.advance(5_000);
      const again = await widgets.delete('a');
      expect(again).toEqual(marked);
      const one = await widgets.patch('a', { type: 'merge', patch: { metadata: { finalizers: ['test.dev/two'] } } });
      expect(one.metadata).toMatchObject({ generation: 2, finalizers: ['test.dev/two'] });
      const gone = await widgets.update(edit(one, (draft) => Reflect.deleteProperty(draft.metadata, 'finalizers')));
      expect(gone.metadata.resourceVersion).toBe(String(await test.store.revision()));
      expect(await failureOf(widgets.get('a'))).toSatisfy(isNotFoundError);
      const events = await collect(widgets, { resourceVersion: stored.metadata.resourceVersion }, 1);
      expect(events.at(-1)).toMatchObject({
        type: 'deleted',
        object: { metadata: { resourceVersion: gone.metadata.resourceVersion } },
      });
    });

    it('S19 apply and a JSON Patch can remove the last finalizer too', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.apply(widget('a', {}, hold));
      await widgets.delete('a');
      await widgets.apply(widget('a'));
      expect(await failureOf(widgets.get('a'))).toSatisfy(isNotFoundError);
      await widgets.create(widget('b', {}, hold));
      await widgets.delete('b');
      await widgets.patch('b', { type: 'json', patch: [{ op: 'remove', path: '/metadata/finalizers/0' }] });
      expect(await failureOf(widgets.get('b'))).toSatisfy(isNotFoundError);
    });

    it('S19 no finalizer can be added while the object is being deleted', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a', {}, hold));
      await widgets.delete('a');
      const patch = { metadata: { finalizers: ['test.dev/hold', 'test.dev/late'] } };
      const failure = await failureOf(widgets.patch('a', { type: 'merge', patch }));
      expect((failure as InvalidError).errors).toMatchObject([
        { field: 'metadata.finalizers[1]', value: 'test.dev/late' },
      ]);
    });

    it('S34 a mark in the future is brought to now, one in the past stays', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a', {}, hold));
      test.clock.setWallClock(Date.UTC(2030, 0, 1)); // a clock that ran ahead
      await widgets.delete('a');
      test.clock.setWallClock(Date.UTC(2026, 5, 1));
      const now = await widgets.delete('a');
      expect(now).toMatchObject({ object: { metadata: { deletionTimestamp: '2026-06-01T00:00:00Z', generation: 2 } } });
      test.clock.setWallClock(Date.UTC(2026, 6, 1));
      expect(await widgets.delete('a')).toEqual(now);
    });

    it('S14 a dry run deletes nothing', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const stored = await widgets.create(widget('a'));
      expect(await widgets.delete('a', { dryRun: true })).toMatchObject({ deleted: true });
      expect(await widgets.deleteCollection({ dryRun: true })).toBe(1);
      expect(await widgets.get('a')).toEqual(stored);
    });

    it('S22 a collection delete respects selectors and finalizers, over many pages, and stops on abort', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await test.registry.applyAll(
        Array.from({ length: 250 }, (_, index) =>
          widget(`w${index}`, {}, { labels: { even: String(index % 2 === 0) }, ...(index === 4 ? hold : {}) }),
        ),
        { atomic: true },
      );
      await test.registry
        .resource(Widget)
        .create({ ...widget('other'), metadata: { namespace: 'else', name: 'other' } });
      const abort = new AbortController();
      abort.abort(new Error('enough'));
      expect(await failureOf(widgets.deleteCollection({ signal: abort.signal }))).toMatchObject({ message: 'enough' });
      expect(await widgets.deleteCollection({ labelSelector: 'even=true' })).toBe(125);
      expect((await widgets.get('w4')).metadata.deletionTimestamp).toBeDefined();
      expect(await failureOf(widgets.get('w2'))).toSatisfy(isNotFoundError);
      expect(await widgets.deleteCollection({ fieldSelector: 'metadata.name=w7' })).toBe(1);
      expect((await widgets.list()).items).toHaveLength(125);
      expect((await test.registry.resource(Widget).list()).items).toHaveLength(126);
      expect(await failureOf(widgets.deleteCollection({ preconditions: { uid: 'x' } }))).toSatisfy(isBadRequestError);
    });

    it('S22 a collection delete counts what another one deletes at the same time only once', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      for (let index = 0; index < 20; index++) await widgets.create(widget(`w${index}`));
      const counts = await Promise.all([widgets.deleteCollection(), widgets.deleteCollection()]);
      expect(counts[0] + counts[1]).toBe(20);
    });

    it('S23 an object with a time to live disappears after it, with an event; a write gives it another', async () => {
      await using test = await open();
      const sparks = test.registry.resource(Spark).namespace('default');
      const spark = { apiVersion: 'test.dev/v1', kind: 'Spark', region: 'x' };
      const first = await sparks.create({ ...spark, metadata: { name: 'a' } });
      await sparks.create({ ...spark, metadata: { name: 'b' } });
      await test.clock.advance(900);
      await sparks.update({ ...(await sparks.get('b')), region: 'y' });
      await test.clock.advance(200);
      expect(await failureOf(sparks.get('a'))).toSatisfy(isNotFoundError);
      expect((await sparks.list()).items.map(({ metadata }) => metadata.name)).toEqual(['b']);
      await test.registry.resource(Zone).create(zone('any')); // expiry rides on writes
      const events = await collect(sparks, { resourceVersion: first.metadata.resourceVersion }, 2);
      expect(events.map((event) => event.type)).toContain('deleted');
      await sparks.create({ ...spark, metadata: { name: 'a' } });
    });
  });

  describe('dependents', () => {
    it('S20 background: the object goes at once, and up to 100 dependents with it', async () => {
      await using test = await open();
      const { registry } = test;
      const leases = registry.resource(Lease).namespace('default');
      const owner = await registry.resource(Widget).create(widget('owner'));
      for (const name of ['a', 'b']) await leases.create(lease(name, { ownerReferences: [ownedBy(owner)] }));
      await leases.create(lease('held', { ownerReferences: [ownedBy(owner)], ...hold }));
      await leases.create(lease('free'));
      const before = await test.store.revision();
      await registry.resource(Widget).namespace('default').delete('owner');
      expect(await test.store.revision()).toBe(before + 1);
      const left = await leases.list();
      expect(left.items.map(({ metadata }) => metadata.name)).toEqual(['free', 'held']);
      expect(left.items[1]?.metadata.deletionTimestamp).toBeDefined();
    });

    it('S20 foreground: the object stays with the finalizer until what blocks it is gone', async () => {
      await using test = await open();
      const { registry } = test;
      const widgets = registry.resource(Widget).namespace('default');
      const leases = registry.resource(Lease).namespace('default');
      const owner = await widgets.create(widget('owner'));
      const ownerReferences = [ownedBy(owner, { block: true })];
      await leases.create(lease('quick', { ownerReferences }));
      await leases.create(lease('slow', { ownerReferences, ...hold }));
      const marked = await widgets.delete('owner', { propagationPolicy: 'foreground' });
      expect(marked).toMatchObject({ deleted: true, pendingFinalizers: ['foregroundDeletion'] });
      expect((await leases.list()).items.map(({ metadata }) => metadata.name)).toEqual(['slow']);
      expect(await registry.collectGarbage()).toBe(0);
      await leases.patch('slow', { type: 'merge', patch: { metadata: { finalizers: null } } });
      expect(await failureOf(widgets.get('owner'))).toSatisfy(isNotFoundError);
    });

    it('S20 foreground: nothing that blocks is nothing to wait for', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const leases = test.registry.resource(Lease).namespace('default');
      const owner = await widgets.create(widget('owner'));
      await leases.create(lease('slow', { ownerReferences: [ownedBy(owner)], ...hold }));
      expect(await widgets.delete('owner', { propagationPolicy: 'foreground' })).toMatchObject({
        pendingFinalizers: [],
      });
    });

    it('S20 orphan: dependents lose the reference and live on', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const leases = test.registry.resource(Lease).namespace('default');
      const owner = await widgets.create(widget('owner'));
      await leases.create(lease('a', { ownerReferences: [ownedBy(owner)] }));
      await widgets.delete('owner', { propagationPolicy: 'orphan' });
      expect((await leases.get('a')).metadata).not.toHaveProperty('ownerReferences');
      expect(await test.registry.collectGarbage()).toBe(0);
      await leases.get('a');
    });

    it('S20 a finalizer says how to propagate unless the call does', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const leases = test.registry.resource(Lease).namespace('default');
      for (const [name, option, survives] of [
        ['kept', undefined, true],
        ['taken', 'background', false],
      ] as const) {
        const owner = await widgets.create(widget(name, {}, { finalizers: ['orphan'] }));
        await leases.create(lease(`of-${name}`, { ownerReferences: [ownedBy(owner)] }));
        await widgets.delete(name, option === undefined ? {} : { propagationPolicy: option });
        expect(await failureOf(widgets.get(name))).toSatisfy(isNotFoundError);
        expect((await leases.list({ fieldSelector: `metadata.name=of-${name}` })).items).toHaveLength(survives ? 1 : 0);
      }
    });

    it('S20 more dependents than one commit takes are left to the sweep, whatever the policy', async () => {
      await using test = await open();
      const { registry } = test;
      const widgets = registry.resource(Widget).namespace('default');
      const leases = registry.resource(Lease).namespace('default');
      for (const policy of ['background', 'foreground', 'orphan'] as const) {
        const owner = await widgets.create(widget(policy));
        await registry.applyAll(
          Array.from({ length: 230 }, (_, index) =>
            lease(`${policy}-${index}`, { ownerReferences: [ownedBy(owner, { block: true })] }),
          ),
          { atomic: true },
        );
        const result = await widgets.delete(policy, { propagationPolicy: policy });
        const pending = { background: [], foreground: ['foregroundDeletion'], orphan: ['orphan'] }[policy];
        expect(result).toMatchObject({ deleted: true, pendingFinalizers: pending });
        expect(await registry.collectGarbage()).toBeGreaterThan(0);
        expect(await failureOf(widgets.get(policy))).toSatisfy(isNotFoundError);
        const left = await leases.list();
        expect(left.items).toHaveLength(policy === 'orphan' ? 230 : 0);
        expect(left.items.every(({ metadata }) => metadata.ownerReferences === undefined)).toBe(true);
      }
    });

    it('S21 one living owner keeps a dependent; a namesake and an owner in another namespace are none', async () => {
      await using test = await open();
      const { registry } = test;
      const widgets = registry.resource(Widget).namespace('default');
      const leases = registry.resource(Lease).namespace('default');
      const [one, two] = [await widgets.create(widget('one')), await widgets.create(widget('two'))];
      const far = await registry
        .resource(Widget)
        .create({ ...widget('far'), metadata: { namespace: 'else', name: 'far' } });
      await leases.create(lease('shared', { ownerReferences: [ownedBy(one), ownedBy(two)] }));
      await leases.create(lease('stray', { ownerReferences: [{ ...ownedBy(one), uid: 'of-a-namesake' }] }));
      await leases.create(lease('abroad', { ownerReferences: [ownedBy(far)] }));
      await leases.create(
        lease('foreign', { ownerReferences: [{ apiVersion: 'x.dev/v1', kind: 'X', name: 'x', uid: 'x' }] }),
      );
      await widgets.delete('one');
      expect((await leases.get('shared')).metadata.ownerReferences).toEqual([ownedBy(two)]);
      expect(await registry.collectGarbage()).toBe(2);
      expect((await leases.list()).items.map(({ metadata }) => metadata.name)).toEqual(['foreign', 'shared']);
      await widgets.delete('two');
      expect((await leases.list()).items.map(({ metadata }) => metadata.name)).toEqual(['foreign']);
    });

    it('S21 owners of cluster scope own objects of any namespace; dependents of dependents go too', async () => {
      await using test = await open();
      const { registry } = test;
      const top = await registry.resource(Zone).create(zone('top'));
      const middle = await registry.resource(Widget).create(widget('middle', {}, { ownerReferences: [ownedBy(top)] }));
      await registry.resource(Lease).create(lease('bottom', { ownerReferences: [ownedBy(middle)] }));
      await registry.resource(Zone).delete('top');
      await registry.collectGarbage();
      expect((await registry.resource(Lease).list()).items).toEqual([]);
      expect((await registry.resource(Widget).list()).items).toEqual([]);
    });

    it('S21 objects that own each other end all the same', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      for (const propagationPolicy of ['background', 'foreground'] as const) {
        const a = await widgets.create(widget('a'));
        const b = await widgets.create(widget('b', {}, { ownerReferences: [ownedBy(a, { block: true })] }));
        await widgets.patch('a', {
          type: 'merge',
          patch: { metadata: { ownerReferences: [ownedBy(b, { block: true })] } },
        });
        await widgets.delete('a', { propagationPolicy });
        await test.registry.collectGarbage();
        expect((await widgets.list()).items).toEqual([]);
      }
    });
  });
}
