import {
  ECSMService,
  edit,
  isBadRequestError,
  isConflictError,
  isInvalidError,
  isNotFoundError,
  Lease,
  type ConflictError,
  type InvalidError,
  type Manifest,
} from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';
import { without } from '../helpers/without.js';
import { failureOf } from '../helpers/failure-of.js';
import type { OpenRegistry } from '../helpers/implementations.js';
import { lease, service, Widget, widget, zone } from '../helpers/kinds.js';

export function describeApply(open: OpenRegistry): void {
  describe('patch', () => {
    it('merges as RFC 7386 says: null removes, objects merge, lists are replaced', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a', { parts: { keep: 1, drop: 2, list: [1, 2], deep: { x: 1 } }, colour: 'red' }));
      const patch = { spec: { parts: { drop: null, list: [3], deep: { y: null, z: 2 } }, colour: null } };
      const patched = await widgets.patch('a', { type: 'merge', patch });
      expect(patched.spec).toEqual({ colour: 'grey', size: 1, parts: { keep: 1, list: [3], deep: { x: 1, z: 2 } } });
    });

    it('carries out a JSON Patch wholly or not at all', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const stored = await widgets.create(widget('a', { parts: [1, 2, 3] }));
      const patched = await widgets.patch('a', {
        type: 'json',
        patch: [
          { op: 'test', path: '/spec/parts/1', value: 2 },
          { op: 'add', path: '/spec/parts/-', value: { a: 1 } },
          { op: 'move', from: '/spec/parts/0', path: '/spec/parts/2' },
          { op: 'copy', from: '/spec/size', path: '/metadata/labels' },
          { op: 'replace', path: '/metadata/labels', value: { 'a/b': 'x' } },
          { op: 'remove', path: '/metadata/labels/a~1b' },
        ],
      });
      expect(patched.spec.parts).toEqual([2, 3, 1, { a: 1 }]);
      expect(patched.metadata.generation).toBe(stored.metadata.generation + 1);
      const failure = await failureOf(
        widgets.patch('a', {
          type: 'json',
          patch: [
            { op: 'replace', path: '/spec/size', value: 5 },
            { op: 'test', path: '/spec/colour', value: 'red' },
          ],
        }),
      );
      expect((failure as InvalidError).errors).toEqual([
        { field: 'spec.colour', value: 'grey', rule: 'must equal "red" (operation 1 of the patch)' },
      ]);
      expect(await widgets.get('a')).toEqual(patched);
    });

    it('refuses patches that are malformed, do not fit, or would rename', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const stored = await widgets.create(widget('a', { parts: [1] }));
      const json = (...patch: readonly unknown[]): Promise<unknown> =>
        failureOf(widgets.patch('a', { type: 'json', patch }));
      for (const wrong of [
        {},
        5,
        { op: 'add' },
        { op: 'add', path: '/x' },
        { op: 'grow', path: '/x' },
        { op: 'add', path: 'x', value: 1 },
      ]) {
        expect(await json(wrong)).toSatisfy(isBadRequestError);
      }
      for (const path of [
        '/nope/x',
        '/spec/parts/5',
        '/spec/parts/01',
        '/spec/parts/length',
        '/spec/parts/-1',
        '/spec/size/x',
      ]) {
        expect(await json({ op: 'replace', path, value: 1 })).toSatisfy(isInvalidError);
      }
      const merge = (patch: unknown): Promise<unknown> => failureOf(widgets.patch('a', { type: 'merge', patch }));
      for (const wrong of [5, null, [], 'x']) expect(await merge(wrong)).toSatisfy(isBadRequestError);
      expect(await merge({ metadata: { name: 'b' } })).toSatisfy(isBadRequestError);
      expect(await merge({ metadata: { namespace: 'b' } })).toSatisfy(isBadRequestError);
      expect(await merge({ metadata: { uid: 'b' } })).toSatisfy(isConflictError);
      expect(await merge({ kind: 'Gadget' })).toSatisfy(isBadRequestError);
      expect(await merge({ metadata: null })).toSatisfy(isBadRequestError);
      expect(await failureOf(widgets.patch('a', { type: 'odd' as never, patch: {} }))).toSatisfy(isBadRequestError);
      expect(await failureOf(widgets.patch('b', { type: 'merge', patch: {} }))).toSatisfy(isNotFoundError);
      expect(await widgets.get('a')).toEqual(stored);
    });

    it('S13 touches the status only when that is asked for, and then nothing else', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a'));
      const patch = { type: 'merge', patch: { spec: { size: 2 }, status: { ready: 2 } } } as const;
      expect(await widgets.patch('a', patch, { subresource: 'status' })).toMatchObject({
        spec: { size: 1 },
        status: { ready: 2 },
      });
      const both = { type: 'merge', patch: { spec: { size: 3 }, status: { ready: 3 } } } as const;
      expect(await widgets.patch('a', both)).toMatchObject({ spec: { size: 3 }, status: { ready: 2 } });
      const leases = test.registry.resource(Lease).namespace('default');
      await leases.create(lease('a'));
      expect(await failureOf(leases.patch('a', patch, { subresource: 'status' }))).toSatisfy(isNotFoundError);
    });

    it('S8 S14 writes nothing when nothing changes, or for a dry run', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const stored = await widgets.create(widget('a'));
      const before = await test.store.revision();
      expect(await widgets.patch('a', { type: 'merge', patch: { spec: { size: 1 } } })).toEqual(stored);
      expect(
        (await widgets.patch('a', { type: 'merge', patch: { spec: { size: 2 } } }, { dryRun: true })).spec.size,
      ).toBe(2);
      expect(await test.store.revision()).toBe(before);
    });
  });

  describe('apply', () => {
    it('creates, configures, and leaves unchanged what already says so', async () => {
      await using test = await open();
      const services = test.registry.resource(ECSMService).namespace('default');
      expect((await services.apply(service('web'))).outcome).toBe('created');
      const before = await test.store.revision();
      const again = await services.apply(service('web'));
      expect(again.outcome).toBe('unchanged');
      expect(await test.store.revision()).toBe(before);
      const next = await services.apply(service('web', { template: { image: 'web@2.0' } }));
      expect(next).toMatchObject({
        outcome: 'configured',
        object: { metadata: { generation: 2 }, spec: { template: { image: 'web@2.0' } } },
      });
      expect(next.object.spec.deploymentStrategy).toEqual(service('web').spec.deploymentStrategy);
    });

    it('removes what the manifest no longer says, and only what this manager had said', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const parts = (value: object): Manifest<Widget> => widget('a', { parts: value }, { labels: { mine: 'x' } });
      await widgets.apply(parts({ a: 1, b: { c: 1, d: 1 } }));
      await widgets.patch('a', {
        type: 'merge',
        patch: { metadata: { labels: { theirs: 'y' } }, spec: { parts: { e: 1 } } },
      });
      const { object } = await widgets.apply({
        ...parts({ b: { c: 2 } }),
        metadata: { namespace: 'default', name: 'a' },
      });
      expect(object.spec.parts).toEqual({ b: { c: 2 }, e: 1 });
      expect(object.metadata.labels).toEqual({ theirs: 'y' });
    });

    it('a list is one value, except finalizers and owners, where entries of others stay', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const manifest = (finalizers: string[], list: number[]): Manifest<Widget> =>
        widget('a', { parts: { list } }, { finalizers });
      await widgets.apply(manifest(['me.dev/a', 'me.dev/b'], [1, 2]));
      await widgets.patch('a', {
        type: 'json',
        patch: [{ op: 'add', path: '/metadata/finalizers/-', value: 'operator.dev/x' }],
      });
      const { object } = await widgets.apply(manifest(['me.dev/b'], [2, 3]));
      expect(object.spec.parts).toEqual({ list: [2, 3] });
      expect(object.metadata.finalizers).toEqual(['me.dev/b', 'operator.dev/x']);
      const before = await test.store.revision();
      expect((await widgets.apply(manifest(['me.dev/b'], [2, 3]))).outcome).toBe('unchanged');
      expect(await test.store.revision()).toBe(before);
      const bare = await widgets.apply(widget('a'));
      expect(bare.object.metadata.finalizers).toEqual(['operator.dev/x']);
    });

    it('names every field that somebody else changed meanwhile, and takes them over by force', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.apply(widget('a', { size: 1, colour: 'red', parts: { p: 1, q: 1 } }));
      await widgets.patch('a', { type: 'merge', patch: { spec: { size: 2, colour: 'green', parts: { p: 2 } } } });
      const next = widget('a', { size: 3, colour: 'green', parts: { q: 5 } });
      const failure = await failureOf(widgets.apply(next));
      expect(failure).toSatisfy(isConflictError);
      expect((failure as ConflictError).conflicts).toEqual([
        { field: '.spec.size', live: 2, wanted: 3 },
        { field: '.spec.parts.p', live: 2, wanted: undefined },
      ]);
      expect((await widgets.get('a')).spec.size).toBe(2);
      const forced = await widgets.apply(next, { force: true });
      expect(forced.object.spec).toEqual({ size: 3, colour: 'green', parts: { q: 5 } });
    });

    it('puts back what the manifest has said all along', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.apply(widget('a', { size: 3 }));
      await widgets.scale('a', 5);
      expect((await widgets.apply(widget('a', { size: 3 }))).object.spec.size).toBe(3);
    });

    it('managers do not remove what another one says', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.apply(widget('a', { parts: { one: 1, both: 1 } }), { manager: 'one' });
      await widgets.apply(widget('a', { parts: { two: 2, both: 1 } }), { manager: 'two' });
      expect((await widgets.get('a')).spec.parts).toEqual({ one: 1, both: 1, two: 2 });
      await widgets.apply(widget('a', { parts: { two: 2 } }), { manager: 'two' });
      expect((await widgets.get('a')).spec.parts).toEqual({ one: 1, both: 1, two: 2 });
      await widgets.apply(widget('a', { parts: { one: 1 } }), { manager: 'one' });
      expect((await widgets.get('a')).spec.parts).toEqual({ one: 1, two: 2 });
      const clash = await failureOf(widgets.apply(widget('a', { parts: { one: 9, two: 2 } }), { manager: 'two' }));
      expect((clash as ConflictError).conflicts).toMatchObject([{ field: '.spec.parts.one' }]);
      for (const manager of ['', '__proto__', 'a b']) {
        expect(await failureOf(widgets.apply(widget('a'), { manager }))).toSatisfy(isBadRequestError);
      }
    });

    it('a default is nobody’s choice: it conflicts with nothing, and does not outlive what it came from', async () => {
      await using test = await open();
      const services = test.registry.resource(ECSMService).namespace('default');
      await services.apply(service('web', { template: { image: 'web@latest' } }));
      expect((await services.get('web')).spec.template.imagePullPolicy).toBe('Always');
      const { object } = await services.apply(service('web', { template: { image: 'web@1.0' } }));
      expect(object.spec.template.imagePullPolicy).toBe('IfNotPresent');
      const never = service('web', { template: { image: 'web@1.0', imagePullPolicy: 'Never' } });
      expect((await services.apply(never)).object.spec.template.imagePullPolicy).toBe('Never');
      const recreate = service('web', { updateStrategy: { type: 'Recreate' } });
      expect((await services.apply(recreate)).object.spec.updateStrategy).not.toHaveProperty('rollingUpdate');
      await services.create(service('made'));
      await services.apply(service('made', { template: { image: 'web@1.0', imagePullPolicy: 'Never' } }));
    });

    it('of an object that was made otherwise, other values are a conflict', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a', { size: 1, colour: 'red' }));
      expect((await widgets.apply(widget('a', { size: 1, colour: 'red' }))).outcome).toBe('unchanged');
      await widgets.create(widget('b', { size: 1, colour: 'red' }));
      const failure = await failureOf(widgets.apply(widget('b', { size: 2, colour: 'red' })));
      expect((failure as ConflictError).conflicts).toEqual([{ field: '.spec.size', live: 1, wanted: 2 }]);
    });

    it('keeps the replicas that a manifest no longer names, with a warning', async () => {
      await using test = await open();
      const services = test.registry.resource(ECSMService).namespace('default');
      await services.apply(service('web'));
      await services.scale('web', 7);
      const warnings: string[] = [];
      const deploymentStrategy = without(service('web').spec.deploymentStrategy, 'replicas');
      const { object } = await services.apply(service('web', { deploymentStrategy }), {
        onWarning: (text) => void warnings.push(text),
      });
      expect(object.spec.deploymentStrategy.replicas).toBe(7);
      expect(warnings).toEqual([expect.stringMatching(/replicas is no longer in the manifest/)]);
    });

    it('S19 warns that what is applied to an object being deleted goes with it', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.apply(widget('a', {}, { finalizers: ['test.dev/hold'] }));
      await widgets.delete('a');
      const warnings: string[] = [];
      const manifest = widget('a', { size: 2 }, { finalizers: ['test.dev/hold'] });
      await widgets.apply(manifest, { onWarning: (text) => void warnings.push(text) });
      expect(warnings).toEqual([expect.stringMatching(/is being deleted since 2026-01-01/)]);
    });

    it('takes back what get returned: identity is a demand, the rest of the system fields and the status do not count', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const { object } = await widgets.apply(widget('a'));
      const stored = await widgets.updateStatus({ ...object, status: { ready: 1 } });
      const again = await widgets.apply(edit(stored, (draft) => void (draft.spec.size = 2)));
      expect(again.object).toMatchObject({ spec: { size: 2 }, status: { ready: 1 } });
      expect(await failureOf(widgets.apply(edit(stored, (draft) => void (draft.spec.size = 3))))).toSatisfy(
        isConflictError,
      );
      await widgets.delete('a');
      const restored = await widgets.apply(stored); // into a registry that has lost it
      expect(restored.outcome).toBe('created');
      expect(restored.object.status).toBeUndefined();
    });

    it('what was applied is kept with the object, goes with it, and shows nowhere', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.apply(widget('a', { parts: { x: 1 } }));
      const stats = await test.registry.stats();
      expect(stats.entries).toEqual({ 'widgets.test.dev': 1 });
      const key = { kind: 'widgets.test.dev', namespace: 'default', name: 'a' };
      // It says only how the manifest differs from the object: the colour is a default.
      const beside = '{"default":[[],{},{"spec":[["colour"]]}]}';
      expect((await test.store.get(key, { applied: true }))?.applied).toBe(beside);
      await widgets.updateStatus({ ...(await widgets.get('a')), status: { ready: 1 } });
      expect((await test.store.get(key, { applied: true }))?.applied).toBe(beside);
      await widgets.scale('a', 7);
      expect((await test.store.get(key, { applied: true }))?.applied).toBe(
        '{"default":[[],{},{"spec":[["colour"],{"size":1}]}]}',
      );
      await widgets.delete('a');
      expect(Object.values((await test.store.stats()).entries).reduce((sum, count) => sum + count, 0)).toBe(0);
      await widgets.apply(widget('a', { parts: { y: 1 } }));
      expect((await widgets.get('a')).spec.parts).toEqual({ y: 1 });
    });

    it('S11 many at once all land', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          widgets.apply(widget('a', { parts: { [`p${index}`]: index } }), { manager: `m${index}` }),
        ),
      );
      expect(Object.keys((await widgets.get('a')).spec.parts as object)).toHaveLength(10);
    });

    it('S14 a dry run says what would happen', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      expect((await widgets.apply(widget('a'), { dryRun: true })).outcome).toBe('created');
      await widgets.apply(widget('a'));
      const before = await test.store.revision();
      expect((await widgets.apply(widget('a', { size: 2 }), { dryRun: true })).outcome).toBe('configured');
      expect(await test.store.revision()).toBe(before);
    });

    it('needs a name', async () => {
      await using test = await open();
      const manifest = { ...widget(''), metadata: { namespace: 'default', generateName: 'x-' } };
      expect(await failureOf(test.registry.resource(Widget).apply(manifest))).toSatisfy(isBadRequestError);
    });
  });

  describe('applyAll', () => {
    const manifests = [
      service('db'),
      { ...zone('z'), metadata: { name: 'z' } },
      widget('bad', { size: -1 }),
      { ...widget('odd'), kind: 'Gadget' },
      service('web', { dependsOn: [{ name: 'db' }] }),
    ];

    it('goes through the manifests one by one and says of each what became of it', async () => {
      await using test = await open();
      const results = await test.registry.applyAll(manifests);
      expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'failed', 'failed', 'created']);
      expect(results[2]).toMatchObject({ error: { reason: 'Invalid' } });
      expect(results[3]).toMatchObject({ error: { reason: 'BadRequest' } });
      const again = await test.registry.applyAll(manifests);
      expect(again.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'failed', 'failed', 'unchanged']);
    });

    it('atomic: all in one revision, or none', async () => {
      await using test = await open();
      const before = await test.store.revision();
      const refused = await test.registry.applyAll(manifests, { atomic: true });
      expect(refused.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'failed', 'failed', 'skipped']);
      expect(await test.store.revision()).toBe(before);
      const good = [manifests[0]!, manifests[1]!, manifests[4]!];
      const results = await test.registry.applyAll(good, { atomic: true });
      expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'created']);
      expect(await test.store.revision()).toBe(before + 1);
      const versions = results.map((result) => ('object' in result ? result.object.metadata.resourceVersion : ''));
      expect(new Set(versions)).toEqual(new Set([String(before + 1)]));
    });

    it('atomic: objects of one transaction see each other, and so do the rules across objects', async () => {
      await using test = await open();
      const cycle = [service('a', { dependsOn: [{ name: 'b' }] }), service('b', { dependsOn: [{ name: 'a' }] })];
      const results = await test.registry.applyAll(cycle, { atomic: true });
      expect(results.map(({ outcome }) => outcome)).toEqual(['skipped', 'failed']);
      expect(results[1]).toMatchObject({
        error: { message: expect.stringMatching(/default\/b → default\/a → default\/b/) as string },
      });
      const one = await test.registry.applyAll(cycle);
      expect(one.map(({ outcome }) => outcome)).toEqual(['created', 'failed']);
      const twice = await test.registry.applyAll([widget('w', { size: 1 }), widget('w', { size: 2 })], {
        atomic: true,
      });
      expect(twice.map(({ outcome }) => outcome)).toEqual(['created', 'configured']);
    });

    it('gives a namespace to manifests without one, and hands on warnings with the place they belong to', async () => {
      await using test = await open();
      const warnings: [string, number][] = [];
      const bare = { ...widget('a', { sise: 1 } as never), metadata: { name: 'a' } };
      const results = await test.registry.applyAll([zone('z'), bare], {
        namespace: 'team',
        fieldValidation: 'warn',
        onWarning: (warning, index) => void warnings.push([warning, index]),
      });
      expect(results[1]).toMatchObject({ object: { metadata: { namespace: 'team' } } });
      expect(results[0]).not.toHaveProperty('object.metadata.namespace');
      expect(warnings).toEqual([['spec.sise is not a field of Widget and was left out', 1]]);
    });
  });
}
