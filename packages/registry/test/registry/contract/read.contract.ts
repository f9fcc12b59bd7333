import { isBadRequestError, isExpiredError, isInternalError, isTimeoutError, type ListOptions } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../helpers/failure-of.js';
import type { OpenRegistry, TestRegistry } from '../helpers/implementations.js';
import { lease, Widget, widget } from '../helpers/kinds.js';
import { Lease } from '@ecsm/api-types';

async function fill(test: TestRegistry, count: number): Promise<void> {
  await test.registry.applyAll(
    Array.from({ length: count }, (_, index) =>
      widget(
        `w${String(index).padStart(4, '0')}`,
        { size: index % 100 },
        { labels: { third: String(index % 3), rare: String(index === 700) } },
      ),
    ),
    { atomic: true },
  );
}

export function describeRead(open: OpenRegistry): void {
  describe('get', () => {
    it('S24 answers from a state at least as new as asked, and never waits for one that is not there', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const stored = await widgets.create(widget('a'));
      await test.registry.resource(Lease).create(lease('later'));
      const newest = String(await test.store.revision());
      for (const resourceVersion of ['0', stored.metadata.resourceVersion, newest]) {
        expect(await widgets.get('a', { resourceVersion })).toEqual(stored);
      }
      const failure = await failureOf(widgets.get('a', { resourceVersion: String(Number(newest) + 1) }));
      expect(failure).toSatisfy(isTimeoutError);
      expect(String(failure)).toMatch(/too large/);
    });

    it('S25 refuses what is no resourceVersion', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a'));
      for (const resourceVersion of ['-1', 'abc', '1.5', '01', '', ' 1', '99999999999999999999']) {
        expect(await failureOf(widgets.get('a', { resourceVersion }))).toSatisfy(isBadRequestError);
      }
    });

    it('hands out objects that share nothing with the store or each other', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const created = await widgets.create(widget('a', { parts: { list: [1] } }));
      const before = structuredClone(created);
      const one = await widgets.get('a');
      (one.spec.parts as { list: number[] }).list.push(2);
      (created.spec.parts as { list: number[] }).list.push(3);
      expect(await widgets.get('a')).toEqual(before);
      expect((await widgets.list()).items).toEqual([before]);
    });

    it('needs a key that fits the kind', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      expect(await failureOf(widgets.get('a'))).toSatisfy(isBadRequestError);
      expect(await failureOf(widgets.get({ namespace: 'default', name: '' }))).toSatisfy(isBadRequestError);
      expect(await failureOf(widgets.namespace('x').get({ namespace: 'y', name: 'a' }))).toSatisfy(isBadRequestError);
    });

    it('S15 stored data that cannot be read is an error that names the object, and spares the others', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      for (const name of ['a', 'b', 'c']) await widgets.create(widget(name));
      const key = { kind: 'widgets.test.dev', namespace: 'default', name: 'b' };
      const { revision, ...entry } = (await test.store.get(key))!;
      await test.store.commit({
        checks: [{ key, revision }],
        writes: [{ type: 'put', ...entry, value: '{"metadata":' }],
      });
      const failure = await failureOf(widgets.get('b'));
      expect(failure).toSatisfy(isInternalError);
      expect(String(failure)).toMatch(/widgets.test.dev "default\/b" at revision \d+ cannot be read/);
      expect(await failureOf(widgets.list())).toSatisfy(isInternalError);
      await widgets.get('a');
      expect((await widgets.listVersions()).items).toHaveLength(3);
      expect(await failureOf(widgets.delete('b'))).toSatisfy(isInternalError);
    });
  });

  describe('list', () => {
    it('S27 is sorted by namespace and name, and has a resourceVersion also when empty', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const empty = await widgets.list();
      expect(empty).toEqual({ resourceVersion: String(await test.store.revision()), items: [] });
      for (const [namespace, name] of [
        ['b', 'a'],
        ['a', 'z'],
        ['a', 'b'],
        ['a-b', 'a'],
      ] as const) {
        await widgets.create({ ...widget(name), metadata: { namespace, name } });
      }
      const list = await widgets.list();
      expect(list.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
        'a/b',
        'a/z',
        'a-b/a',
        'b/a',
      ]);
      expect(list.resourceVersion).toBe(String(await test.store.revision()));
    });

    it('S28 a namespace is a name, not a prefix', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      await widgets.create({ ...widget('a'), metadata: { namespace: 'test-ns', name: 'a' } });
      await widgets.create({ ...widget('a'), metadata: { namespace: 'test-ns2', name: 'a' } });
      expect((await widgets.list({ namespace: 'test-ns' })).items).toHaveLength(1);
      expect((await widgets.namespace('test-ns').list()).items).toHaveLength(1);
      expect((await widgets.list({ namespace: 'test' })).items).toHaveLength(0);
      expect(await failureOf(widgets.namespace('a').list({ namespace: 'b' }))).toSatisfy(isBadRequestError);
    });

    it('S25 refuses options that contradict each other', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      await fill(test, 3);
      const page = await widgets.list({ limit: 1 });
      const wrong: readonly ListOptions[] = [
        { resourceVersion: '-1' },
        { resourceVersion: 'x' },
        { resourceVersionMatch: 'Exact' },
        { resourceVersion: '1', resourceVersionMatch: 'Sometimes' as never },
        { resourceVersion: '0', resourceVersionMatch: 'Exact' },
        { continue: page.continue!, resourceVersion: '1' },
        { limit: 0 },
        { limit: 1.5 },
        { labelSelector: 'a=(b' },
        { fieldSelector: 'nonsense' },
      ];
      for (const options of wrong) expect(await failureOf(widgets.list(options))).toSatisfy(isBadRequestError);
      expect((await widgets.list({ continue: page.continue!, resourceVersion: '0' })).items).toHaveLength(2);
    });

    it('S26 answers for the newest state, Exact for that alone', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      await fill(test, 2);
      const old = (await widgets.list()).resourceVersion;
      await widgets.delete({ namespace: 'default', name: 'w0000' });
      const { resourceVersion } = await widgets.list();
      for (const match of ['NotOlderThan', 'Exact'] as const) {
        expect((await widgets.list({ resourceVersion, resourceVersionMatch: match })).items).toHaveLength(1);
      }
      expect((await widgets.list({ resourceVersion: old })).items).toHaveLength(1);
      const exact = widgets.list({ resourceVersion: old, resourceVersionMatch: 'Exact' });
      expect(await failureOf(exact)).toSatisfy(isExpiredError);
      for (const match of [{}, { resourceVersionMatch: 'Exact' }] as const) {
        expect(await failureOf(widgets.list({ resourceVersion: '1000000', ...match }))).toSatisfy(isTimeoutError);
      }
    });

    it('S29 pages carry the first revision, later ones say that they show current data, and none is lost', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      await fill(test, 10);
      const first = await widgets.list({ limit: 4 });
      expect(first).not.toHaveProperty('inconsistent');
      await widgets.delete({ namespace: 'default', name: 'w0005' });
      const second = await widgets.list({ limit: 4, continue: first.continue! });
      expect(second).toMatchObject({ resourceVersion: first.resourceVersion, inconsistent: true });
      const third = await widgets.list({ limit: 4, continue: second.continue! });
      expect(third).not.toHaveProperty('continue');
      const names = [first, second, third].flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
      expect(names).toEqual(['0', '1', '2', '3', '4', '6', '7', '8', '9'].map((digit) => `w000${digit}`));
      expect(await widgets.list({ limit: 9 })).not.toHaveProperty('continue');
    });

    it('S29 with selectors, pages are full and rare matches do not cost a page each', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      await fill(test, 1_000);
      const rare = await widgets.list({ labelSelector: 'rare=true', limit: 10 });
      expect(rare.items.map(({ metadata }) => metadata.name)).toEqual(['w0700']);
      expect(rare).not.toHaveProperty('continue');
      let token: string | undefined;
      const seen = new Set<string>();
      let pages = 0;
      do {
        const page = await widgets.list({
          labelSelector: 'third=1',
          limit: 100,
          ...(token === undefined ? {} : { continue: token }),
        });
        for (const { metadata } of page.items) seen.add(metadata.name);
        token = page.continue;
        pages++;
      } while (token !== undefined);
      expect([seen.size, pages]).toEqual([333, 4]);
    });

    it('S30 a continue token is opaque, works for its own list only, and cannot be forged', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      await fill(test, 3);
      const { continue: token = '' } = await widgets.list({ limit: 1 });
      const forge = (change: object): string => {
        const parts = JSON.parse(Buffer.from(token, 'base64url').toString()) as object;
        return Buffer.from(JSON.stringify({ ...parts, ...change })).toString('base64url');
      };
      const forged = [
        '',
        'x',
        token.slice(2),
        forge({ v: 2 }),
        forge({ r: 0 }),
        forge({ r: -1 }),
        forge({ r: '1' }),
        forge({ n: ['default'] }),
        forge({ n: [1, 2] }),
        Buffer.from('null').toString('base64url'),
      ];
      for (const wrong of forged)
        expect(await failureOf(widgets.list({ continue: wrong }))).toSatisfy(isBadRequestError);
      // What a path could be made of is a name like any other: nothing outside the view is ever read.
      expect((await widgets.list({ continue: forge({ n: ['../..', '/etc'] }) })).items).toHaveLength(3);
      for (const other of [{ labelSelector: 'a' }, { fieldSelector: 'metadata.name=a' }, { namespace: 'default' }]) {
        expect(await failureOf(widgets.list({ continue: token, ...other }))).toSatisfy(isBadRequestError);
      }
      expect(await failureOf(test.registry.resource(Lease).list({ continue: token }))).toSatisfy(isBadRequestError);
      expect(await failureOf(widgets.list({ continue: forge({ r: 1_000_000 }) }))).toSatisfy(isTimeoutError);
    });

    it('S31 label and field selectors choose alike in lists, version lists and collection deletes', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      await fill(test, 30);
      for (const [selectors, count] of [
        [{ labelSelector: 'third=1' }, 10],
        [{ labelSelector: 'third in (0,1),rare' }, 20],
        [{ labelSelector: '!third' }, 0],
        [{ fieldSelector: 'metadata.name=w0003' }, 1],
        [{ fieldSelector: 'metadata.namespace=other' }, 0],
        [{ fieldSelector: 'spec.size!=3' }, 29],
        [{ fieldSelector: 'spec.size=4', labelSelector: 'third=1' }, 1],
      ] as const) {
        expect((await widgets.list(selectors)).items).toHaveLength(count);
        const versions = await widgets.listVersions(selectors);
        expect(versions.items).toHaveLength(count);
        expect(await widgets.deleteCollection({ ...selectors, dryRun: true })).toBe(count);
      }
    });

    it('lists versions as the objects carry them, page by page', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      await fill(test, 5);
      const { items } = await widgets.list();
      const expected = items.map(({ metadata: { namespace, name, uid, resourceVersion, generation } }) => ({
        key: { namespace, name },
        uid,
        resourceVersion,
        generation,
      }));
      const first = await widgets.listVersions({ limit: 3 });
      const second = await widgets.listVersions({ limit: 3, continue: first.continue! });
      expect([...first.items, ...second.items]).toEqual(expected);
      expect((await widgets.listVersions()).items).toEqual(expected);
    });

    it('ends with the signal', async () => {
      await using test = await open();
      await fill(test, 5);
      const reason = new Error('enough');
      const signal = AbortSignal.abort(reason);
      expect(await failureOf(test.registry.resource(Widget).list({ signal }))).toBe(reason);
      expect(
        await failureOf(test.registry.resource(Widget).get({ namespace: 'default', name: 'w0000' }, { signal })),
      ).toBe(reason);
    });
  });
}
