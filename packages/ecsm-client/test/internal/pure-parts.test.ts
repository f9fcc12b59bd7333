import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { backoffDelay } from '../../src/internal/backoff-delay.js';
import { formatQuery, joinSegments } from '../../src/internal/path-segments.js';
import { excerptOf, redactJson, redactText } from '../../src/internal/redact.js';
import { retryAfterMs } from '../../src/internal/retry-after.js';
import { splitIds } from '../../src/internal/split-ids.js';

const seed = 20260104;

describe('joinSegments', () => {
  it('makes a URL whose path has exactly these segments', () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => text.trim() !== '' && !/^\.\.?$/.test(text));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const joined = joinSegments(segments);
        if (!('path' in joined)) throw new Error(joined.problem);
        const url = new URL(`http://host/api${joined.path}?a=1`);
        expect(url.pathname.split('/').slice(2).map(decodeURIComponent)).toEqual(segments);
      }),
      { seed },
    );
  });

  it('refuses what cannot be sent', () => {
    expect(joinSegments(['service', '\ud800'])).toHaveProperty('problem');
  });
});

describe('formatQuery', () => {
  it('is read back as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (query) => {
        expect([...new URLSearchParams(formatQuery(Object.entries(query)))]).toEqual(Object.entries(query));
      }),
      { seed },
    );
  });
});

describe('text that is no Unicode', () => {
  it('is sent with a replacement, in whatever part of a query it stands', () => {
    expect(
      formatQuery([
        ['a', '\ud800'],
        ['b', ['x\udc00', '\ud83d\ude80']],
      ]),
    ).toBe('a=%EF%BF%BD&b%5B%5D=x%EF%BF%BD&b%5B%5D=%F0%9F%9A%80');
    expect(splitIds(['\ud800'], 'ids', 50)).toEqual([['\ud800']]);
  });
});

describe('splitIds', () => {
  it('loses no id, doubles none and keeps every part within the room', () => {
    fc.assert(
      fc.property(fc.array(fc.uuid(), { maxLength: 200 }), fc.integer({ min: 60, max: 2000 }), (ids, room) => {
        const parts = splitIds(ids, 'serviceIds', room);
        expect(parts.flat()).toEqual([...new Set(ids)]);
        for (const part of parts) expect(formatQuery([['serviceIds', part]]).length).toBeLessThanOrEqual(room);
      }),
      { seed },
    );
  });

  it('sends an id that is too long on its own rather than not at all', () => {
    expect(splitIds(['a', 'b'.repeat(90), 'c'], 'ids', 50)).toEqual([['a'], ['b'.repeat(90)], ['c']]);
  });
});

describe('backoffDelay', () => {
  it('doubles up to the limit, at least half of it', () => {
    const options = { baseMs: 100, maxMs: 1000 };
    expect([1, 2, 3, 4, 5].map((retry) => backoffDelay(retry, options, () => 1))).toEqual([100, 200, 400, 800, 1000]);
    expect([1, 5].map((retry) => backoffDelay(retry, options, () => 0))).toEqual([50, 500]);
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['0.5', 500],
    [new Date(now + 5000).toUTCString(), 5000],
    [new Date(now - 5000).toUTCString(), 0],
    ['-1', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %j ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});

describe('redaction', () => {
  const secret = fc.string({ minLength: 4, maxLength: 30 }).map((text) => `§${text}§`);
  const key = fc.constantFrom('password', 'Password', 'vsoaPassword', 'apiKey', 'access_token', 'secret');

  it('masks a secret wherever it stands in JSON, also in JSON within JSON and cut off anywhere', () => {
    fc.assert(
      fc.property(key, secret, fc.nat(3), fc.nat(400), (name, value, depth, cut) => {
        let json = JSON.stringify({ a: [1, { [name]: value, b: 'x' }] });
        for (let level = 0; level < depth; level++) json = JSON.stringify({ config: json, z: 1 });
        const shown = excerptOf(json.slice(0, cut));
        expect(shown).not.toContain('§');
      }),
      { seed, numRuns: 3000 },
    );
  });

  it('masks fields of objects and keeps the rest', () => {
    expect(redactJson({ vsoa: { password: 'x', port: 1 }, env: ['A=1', 'MY_TOKEN=abc'], n: null })).toEqual({
      vsoa: { password: '***', port: 1 },
      env: ['A=1', 'MY_TOKEN=***'],
      n: null,
    });
    expect(redactText('"password":12345,"a":1')).toBe('"password":"***","a":1');
    expect(redactText('the value geheim is wrong', ['geheim'])).toBe('the value *** is wrong');
    expect(redactText('no secrets here: 1 < 2')).toBe('no secrets here: 1 < 2');
  });
});
