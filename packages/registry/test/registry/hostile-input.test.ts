import { isApiError, maxObjectBytes, type Manifest } from '@ecsm/api-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from './helpers/failure-of.js';
import { implementations } from './helpers/implementations.js';
import { Widget, widget } from './helpers/kinds.js';

/** JSON with all that has ever hurt somebody: prototype names, lone surrogates, odd numbers, what looks like paths or SQL. */
const hostileKey = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'toJSON',
    'length',
    '',
    '\0',
    '\ud800',
    "'; DROP TABLE entries; --",
    '../../etc/passwd',
  ),
  fc.string({ unit: 'binary' }),
);
const hostileJson = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -0, 1e308, 5e-324, 2 ** 53 - 1, 'x', '\udc00', '__proto__'),
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.array(fc.tuple(hostileKey, tie('value')), { maxLength: 4 }).map((entries) => {
    const object: Record<string, unknown> = {};
    // As JSON.parse does it: a field named __proto__ is a field.
    for (const [key, value] of entries)
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    return object;
  }),
})).value;

const seed = 20_261_121;

function snapshotOfPrototypes(): string {
  return JSON.stringify(
    [Object.prototype, Array.prototype, Function.prototype].map((each) => Reflect.ownKeys(each).map(String)),
  );
}

describe.each(implementations)('hostile input to a registry over $name', ({ open }) => {
  it('is refused with an ApiError or stored verbatim, and harms nothing', async () => {
    await using test = await open();
    const widgets = test.registry.resource(Widget).namespace('default');
    const before = snapshotOfPrototypes();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(hostileJson, hostileJson, async (parts, patch) => {
        const name = `w${number++}`;
        const manifest = widget(name, { parts });
        const text = JSON.stringify(manifest);
        try {
          const created = await widgets.create(manifest);
          expect(JSON.stringify(created.spec.parts)).toBe(JSON.stringify(parts));
          expect(JSON.stringify((await widgets.get(name)).spec.parts)).toBe(JSON.stringify(parts));
        } catch (error) {
          if (!isApiError(error)) throw error;
          expect(text).toMatch(/__proto__|\d{16}|e\+?\d/);
          return;
        }
        expect(JSON.stringify(manifest)).toBe(text);
        for (const write of [
          () => widgets.patch(name, { type: 'merge', patch: { spec: { parts: patch } } }),
          () => widgets.apply(widget(name, { parts: patch }), { force: true }),
          () => widgets.patch(name, { type: 'merge', patch: patch as object }),
        ]) {
          await write().catch((error: unknown) => {
            if (!isApiError(error)) throw error;
          });
          await widgets.get(name);
        }
        expect(snapshotOfPrototypes()).toBe(before);
      }),
      { seed, numRuns: 100 },
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await widgets.list()).items.length).toBeGreaterThan(50);
  });

  it('JSON Patch paths lead nowhere but into the object', async () => {
    await using test = await open();
    const widgets = test.registry.resource(Widget).namespace('default');
    await widgets.create(widget('a', { parts: { list: [1, 2] } }));
    const before = snapshotOfPrototypes();
    const step = fc.constantFrom(
      '__proto__',
      'constructor',
      'prototype',
      'spec',
      'parts',
      'list',
      'length',
      'push',
      'toString',
      '0',
      '-',
      '01',
      'metadata',
      '~0',
      '~1',
      '~2',
    );
    const path = fc.array(step, { maxLength: 5 }).map((steps) => steps.map((each) => `/${each}`).join(''));
    const operation = fc.record(
      {
        op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'grow'),
        path,
        from: path,
        value: fc.constantFrom(1, {}, { polluted: true }, [1]),
      },
      { requiredKeys: ['op', 'path'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 3 }), async (patch) => {
        await widgets.patch('a', { type: 'json', patch }).catch((error: unknown) => {
          if (!isApiError(error)) throw error;
        });
        expect(snapshotOfPrototypes()).toBe(before);
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
        const { spec } = await widgets.get('a');
        expect(Object.getPrototypeOf(spec)).toBe(Object.prototype);
      }),
      { seed, numRuns: 150 },
    );
  });

  it('names that look like paths, SQL or prototypes are refused for objects and find nothing', async () => {
    await using test = await open();
    const widgets = test.registry.resource(Widget).namespace('default');
    await widgets.create(widget('a'));
    for (const name of [
      '../a',
      'a/b',
      '%',
      "a'--",
      "a' OR '1'='1",
      '__proto__',
      'constructor.',
      'A',
      'a\0',
      '\ud800',
      'a'.repeat(64),
      '.',
      '..',
    ]) {
      expect(isApiError(await failureOf(widgets.create(widget(name))))).toBe(true);
      expect(isApiError(await failureOf(widgets.get(name)))).toBe(true);
      expect(await widgets.delete(name)).toEqual({ deleted: false });
      expect((await widgets.list({ namespace: 'default', fieldSelector: 'metadata.name=x' })).items).toEqual([]);
    }
    expect((await test.registry.resource(Widget).list({ namespace: "default' OR '1'='1" })).items).toEqual([]);
    expect((await widgets.list()).items).toHaveLength(1);
  });

  it('what is no JSON, too deep or too large is refused with the field and the reason', async () => {
    await using test = await open();
    const widgets = test.registry.resource(Widget).namespace('default');
    const deep = (levels: number): unknown => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level++) value = { x: value };
      return value;
    };
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    let doubled: unknown = ['x'];
    for (let level = 0; level < 40; level++) doubled = [doubled, doubled];
    for (const [parts, message] of [
      [Number.NaN, /spec.parts: must be a finite number, not NaN/],
      [[1, Number.POSITIVE_INFINITY], /spec.parts\[1\]: must be a finite number/],
      [2 ** 53, /must lie within ±\(2\^53 - 1\)/],
      [1n, /write a big number as a string/],
      [() => 1, /not function/],
      [Symbol('x'), /not symbol/],
      [new Date(), /not an instance of a class/],
      [new Map(), /not an instance of a class/],
      [{ toJSON: () => 1 }, /spec.parts.toJSON: must be plain JSON data, not function/],
      [[1, undefined], /spec.parts\[1\]: must be plain JSON data, not undefined/],
      [deep(100_000), /nested deeper than 64 levels/],
      [cycle, /nested deeper than 64 levels/],
      [doubled, /takes more than 1048576 bytes/],
      ['x'.repeat(maxObjectBytes), /takes more than 1048576 bytes/],
      ['€'.repeat(maxObjectBytes / 2), /takes 15\d+ bytes as JSON, and may take at most 1048576/],
      [JSON.parse('{"__proto__":{"polluted":true}}'), /spec.parts.__proto__: must not be named __proto__/],
    ] as const) {
      expect(String(await failureOf(widgets.create(widget('a', { parts })))), String(message)).toMatch(message);
    }
    await widgets.create(widget('a', { parts: deep(60) }));
    const nothingPlain = { type: 'merge' as const, patch: (() => 1) as never };
    expect(String(await failureOf(widgets.patch('a', nothingPlain)))).toMatch(/: patch: must be plain JSON data/);
    for (const nothing of [null, undefined, 5, 'x', [], () => 1]) {
      expect(isApiError(await failureOf(widgets.create(nothing as never as Manifest<Widget>)))).toBe(true);
      expect(isApiError(await failureOf(widgets.update(nothing as never)))).toBe(true);
      expect(isApiError(await failureOf(widgets.apply(nothing as never)))).toBe(true);
    }
    const annotations = { note: 'x'.repeat(256 * 1024) };
    expect(String(await failureOf(widgets.create(widget('b', {}, { annotations }))))).toMatch(
      /must not be larger than 262144 bytes together/,
    );
  });

  it('secrets do not show in messages', async () => {
    await using test = await open();
    const failure = await failureOf(
      test.registry
        .applyAll([])
        .then(() =>
          test.registry
            .resource(Widget)
            .create(widget('a', { passwd: 'hunter2', token: 1 } as never, { labels: { x: 'a' } })),
        ),
    );
    expect(String(failure)).toMatch(/spec.passwd: is not a field of Widget/);
    expect(String(failure)).not.toMatch(/hunter2/);
  });
});
