import {
  ECSMService,
  isAlreadyExistsError,
  isBadRequestError,
  isInvalidError,
  isNotFoundError,
  type InvalidError,
  type Manifest,
} from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';
import { service, Widget, widget, Zone, zone } from '../helpers/kinds.js';
import type { OpenRegistry } from '../helpers/implementations.js';
import { without } from '../helpers/without.js';
import { failureOf } from '../helpers/failure-of.js';

export function describeCreate(open: OpenRegistry): void {
  describe('create', () => {
    it('S1 returns the stored object with a resourceVersion; before it, get is NotFound', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      expect(await failureOf(widgets.get('a'))).toSatisfy(isNotFoundError);
      const created = await widgets.create(widget('a'));
      expect(created.metadata).toMatchObject({
        name: 'a',
        namespace: 'default',
        generation: 1,
        creationTimestamp: '2026-01-01T00:00:00Z',
      });
      expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(Number(created.metadata.resourceVersion)).toBeGreaterThan(0);
      expect(await widgets.get('a')).toEqual(created);
    });

    it('S2 refuses a resourceVersion', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const failure = await failureOf(widgets.create(widget('a', {}, { resourceVersion: '1' })));
      expect(failure).toSatisfy(isBadRequestError);
      expect((await widgets.list()).items).toEqual([]);
    });

    it('S3 refuses a name that is taken, and says when its holder is being deleted', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const first = await widgets.create(widget('a', {}, { finalizers: ['test.dev/hold'] }));
      expect(await failureOf(widgets.create(widget('a', { size: 5 })))).toSatisfy(isAlreadyExistsError);
      await widgets.delete({ namespace: 'default', name: 'a' });
      const failure = await failureOf(widgets.create(widget('a')));
      expect(failure).toSatisfy(isAlreadyExistsError);
      expect(String(failure)).toMatch(/is being deleted since 2026-01-01/);
      expect((await widgets.get({ namespace: 'default', name: 'a' })).metadata.uid).toBe(first.metadata.uid);
    });

    it('S4 generates a name, takes another suffix when it is taken, and never touches an explicit one', async () => {
      const suffixes = ['bbbbb', 'bbbbb', 'ccccc'];
      const letters = suffixes
        .join('')
        .split('')
        .map((letter) => 'bc'.indexOf(letter) / 27);
      await using test = await open({ random: () => letters.shift() ?? 0 });
      const widgets = test.registry.resource(Widget);
      const generated = { ...widget(''), metadata: { namespace: 'default', generateName: 'web-' } };
      expect((await widgets.create(generated)).metadata.name).toBe('web-bbbbb');
      expect((await widgets.create(generated)).metadata).toMatchObject({ name: 'web-ccccc', generateName: 'web-' });
      const explicit = { ...generated, metadata: { ...generated.metadata, name: 'web-bbbbb' } };
      expect(await failureOf(widgets.create(explicit))).toSatisfy(isAlreadyExistsError);
    });

    it('S4 gives up after eight generated names', async () => {
      let draws = 0;
      await using test = await open({
        random: () => {
          draws++;
          return 0;
        },
      });
      const widgets = test.registry.resource(Widget);
      await widgets.create(widget('web-bbbbb'));
      draws = 0;
      const failure = await failureOf(
        widgets.create({ ...widget(''), metadata: { namespace: 'default', generateName: 'web-' } }),
      );
      expect(failure).toSatisfy(isAlreadyExistsError);
      expect(draws).toBe(8 * 5);
    });

    it('S4 cuts a long prefix, so that the name stays a label', async () => {
      await using test = await open();
      const { metadata } = await test.registry
        .resource(Widget)
        .create({ ...widget(''), metadata: { namespace: 'default', generateName: 'a'.repeat(80) } });
      expect(metadata.name).toMatch(/^a{58}[a-z0-9]{5}$/);
    });

    it('S5 leaves the submitted object as it is, also when the call fails', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      for (const manifest of [widget('a'), widget('b', { size: -1 }), widget('c', { colour: null as never })]) {
        const before = structuredClone(manifest);
        await widgets.create(Object.freeze(manifest)).catch(() => undefined);
        expect(manifest).toEqual(before);
      }
    });

    it('drops what is not for a client to say: status, uid, generation, timestamps', async () => {
      await using test = await open();
      const created = await test.registry.resource(Widget).create({
        ...widget('a', {}, { uid: 'mine', generation: 7, creationTimestamp: 'then', deletionTimestamp: 'soon' }),
        status: { ready: 9 },
      });
      expect(created.status).toBeUndefined();
      expect(created.metadata).toMatchObject({ generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' });
      expect(created.metadata.uid).not.toBe('mine');
      expect(created.metadata).not.toHaveProperty('deletionTimestamp');
    });

    it('fills in defaults before it validates, and needs no field that a default provides', async () => {
      await using test = await open();
      const created = await test.registry.resource(Widget).create(widget('a'));
      expect(created.spec).toEqual({ colour: 'grey', size: 1 });
    });

    it('names every broken rule at once, with path, value and rule', async () => {
      await using test = await open();
      const failure = await failureOf(
        test.registry.resource(Widget).create({
          ...widget('Bad/Name', { size: 101, color: 'red' } as never),
          metadata: { namespace: 'default', name: 'Bad/Name', labels: { app: 'a b' }, lables: {} } as never,
        }),
      );
      expect(failure).toSatisfy(isInvalidError);
      const { errors } = failure as InvalidError;
      expect(errors.map(({ field }) => field).sort()).toEqual([
        'metadata.labels.app',
        'metadata.lables',
        'metadata.name',
        'spec.color',
        'spec.size',
      ]);
      expect(errors.find(({ field }) => field === 'spec.color')?.rule).toBe(
        'is not a field of Widget; did you mean "colour"?',
      );
      expect(errors.find(({ field }) => field === 'spec.size')).toMatchObject({
        value: 101,
        rule: 'must be at most 100',
      });
    });

    it('reports what defaults stumble over as what is missing', async () => {
      await using test = await open();
      const failure = await failureOf(
        test.registry.resource(ECSMService).create({ ...service('a'), spec: undefined as never }),
      );
      expect((failure as InvalidError).errors).toEqual([{ field: 'spec', rule: 'is required' }]);
    });

    it.each([{ name: 123 }, { name: undefined, generateName: 4 }, { name: 'a', namespace: 5 }])(
      'says of metadata %j one thing: it must be a string',
      async (metadata) => {
        await using test = await open();
        const failure = await failureOf(
          test.registry
            .resource(Widget)
            .create({ ...widget('a'), metadata: { ...widget('a').metadata, ...metadata } as never }),
        );
        expect((failure as InvalidError).errors.map(({ rule }) => rule)).toEqual(['must be a string']);
      },
    );

    it('takes null for absent where the schema knows no null', async () => {
      await using test = await open();
      const created = await test.registry
        .resource(Widget)
        .create(
          widget('a', { colour: undefined as never, twin: null as never }, { labels: null, creationTimestamp: null }),
        );
      expect(created.spec).toEqual({ colour: 'grey', size: 1 });
    });

    it('keeps unknown fields out with a warning, or in silence, when asked', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const typo = (name: string): Manifest<Widget> => widget(name, { sise: 3 } as never, { lables: {} });
      const warnings: string[] = [];
      const onWarning = (warning: string): void => void warnings.push(warning);
      expect((await widgets.create(typo('a'), { fieldValidation: 'warn', onWarning })).spec).toEqual({
        colour: 'grey',
        size: 1,
      });
      expect(warnings).toEqual([
        'metadata.lables is not a field of metadata and was left out',
        'spec.sise is not a field of Widget and was left out',
      ]);
      await widgets.create(typo('b'), { fieldValidation: 'ignore', onWarning });
      expect(warnings).toHaveLength(2);
      expect(await failureOf(widgets.create(typo('c'), { onWarning }))).toSatisfy(isInvalidError);
    });

    it('holds names to the scope of their kind', async () => {
      await using test = await open();
      const failure = await failureOf(test.registry.resource(Zone).create(zone('a', { namespace: 'default' })));
      expect(String(failure)).toMatch(/metadata.namespace: must be absent: Zone is of cluster scope/);
      const metadata = without(widget('a').metadata, 'namespace');
      expect(String(await failureOf(test.registry.resource(Widget).create({ ...widget('a'), metadata })))).toMatch(
        /metadata.namespace: is required/,
      );
      expect(
        (
          await test.registry
            .resource(Widget)
            .namespace('x')
            .create({ ...widget('a'), metadata })
        ).metadata.namespace,
      ).toBe('x');
      expect(await failureOf(test.registry.resource(Widget).namespace('x').create(widget('b')))).toSatisfy(
        isBadRequestError,
      );
      expect(() => test.registry.resource(Zone).namespace('x')).toThrow(/cluster scope/);
    });

    it('S14 a dry run answers as the write would and writes nothing', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      const before = await test.store.revision();
      const would = await widgets.create(widget('a'), { dryRun: true });
      expect(would.spec.colour).toBe('grey');
      expect(await failureOf(widgets.create(widget('a', { size: -1 }), { dryRun: true }))).toSatisfy(isInvalidError);
      expect(await test.store.revision()).toBe(before);
      expect(await failureOf(widgets.get({ namespace: 'default', name: 'a' }))).toSatisfy(isNotFoundError);
    });
  });
}
