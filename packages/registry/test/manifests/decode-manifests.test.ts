import { BadRequestError, ecsmScheme } from '@ecsm/api-types';
import { decodeManifests, ManifestError, type DecodedManifest } from '@ecsm/registry/manifests';
import { Registry, MemoryStore } from '@ecsm/registry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const lease = (name: string): string => `apiVersion: ecsm.sh/v1\nkind: Lease\nmetadata:\n  name: ${name}\nspec: {}\n`;

function decode(text: string): readonly DecodedManifest[] {
  return decodeManifests(text, { file: 'web.yaml', scheme: ecsmScheme });
}

/** Names of what was decoded, and messages of what was not. */
function brief(text: string): string[] {
  return decode(text).map(({ manifest, error }) => error?.message ?? manifest?.metadata.name ?? '');
}

describe('decodeManifests', () => {
  it('reads YAML and JSON, one document or several', () => {
    expect(brief(lease('a'))).toEqual(['a']);
    expect(brief(`---\n${lease('a')}---\n# nothing here\n---\n${lease('b')}...\n`)).toEqual(['a', 'b']);
    expect(
      brief('\uFEFF{\n\t"apiVersion": "ecsm.sh/v1",\r\n\t"kind": "Lease",\n\t"metadata": {"name": "a"}\n}\n'),
    ).toEqual(['a']);
    expect(brief(`--- # first\n${lease('a')}\n--- {apiVersion: ecsm.sh/v1, kind: Lease, metadata: {name: b}}`)).toEqual(
      ['a', 'b'],
    );
  });

  it('says where each manifest stands', () => {
    const sources = decode(`# a comment\n---\n${lease('a')}---\n\n${lease('b')}`).map(({ source }) => source);
    expect(sources).toEqual([
      { file: 'web.yaml', document: 2, line: 2 },
      { file: 'web.yaml', document: 3, line: 8 },
    ]);
  });

  it('a broken document is an error with line and column, and spoils none of the others', () => {
    expect(brief(`${lease('a')}---\na: b: c\n---\n${lease('c')}`)).toEqual([
      'a',
      'web.yaml, document 2 (line 7, column 5): bad indentation of a mapping entry',
      'c',
    ]);
    const [, broken] = decode(`${lease('a')}---\na: b: c\n`);
    expect(broken?.error).toBeInstanceOf(ManifestError);
    expect(broken?.error).toMatchObject({
      reason: 'BadRequest',
      position: { line: 7, column: 5 },
      source: { document: 2 },
    });
  });

  it.each([
    ['', /holds no object/],
    ['# only\n---\n---\n', /holds no object/],
    ['a: 1\na: 2\n', /line 2, column 1\): duplicated mapping key/],
    ['{"a": 1, "a": 2}', /duplicated mapping key/],
    ['just text', /must be an object with apiVersion, kind and metadata, and is a string/],
    ['- a', /is a list: write several objects as documents/],
    ['kind: Lease\nmetadata: {name: a}', /apiVersion is required/],
    ['apiVersion: ecsm.sh/v1\nmetadata: {name: a}', /kind is required/],
    ['apiVersion: ecsm.sh/v1\nkind: Lease', /metadata of Lease is required/],
    [
      'apiVersion: ecsm.sh/v1\nkind: Leese\nmetadata: {name: a}',
      /no kind "Leese" in version "ecsm.sh\/v1" is known; did you mean ecsm.sh\/v1 Lease\? known are: .*Lease/,
    ],
    [`${lease('a')}x: !!js/function "function () {}"`, /unknown tag/],
    [`${lease('a')}x: !!binary "aGk="`, /unknown tag/],
    [`${lease('a')}x: 9007199254740993`, /Lease "a" is invalid: x: must lie within/],
    [`${lease('a')}x: .nan`, /x: must be a finite number/],
    [`${lease('a')}__proto__: {polluted: true}`, /must not be named __proto__/],
    [`${lease('a')}x: ${'['.repeat(5_000)}`, /nesting exceeded/],
    [`${lease('a')}x: ${'{a: '.repeat(70)}1${'}'.repeat(70)}`, /nested deeper than 64 levels/],
    [`${lease('a')}x: &x [*x]`, /nested deeper than 64 levels/],
    [`${lease('a')}x: ${'y'.repeat(2 * 1024 * 1024)}`, /Lease "a" takes more than 1048576 bytes/],
    [`${lease('a')}x: "\u0007"`, /line 6, column 6\): expected valid JSON character/],
    [`${lease('a')}\tx: 1`, /line 6/],
  ])('%#: names the mistake', (text, message) => {
    const errors = decode(text).map(({ error }) => String(error?.message));
    expect(errors).toEqual([expect.stringMatching(message)]);
    expect(errors[0]).toMatch(/^web.yaml, document \d/);
  });

  it('aliases and merges work, and bombs made of them end quickly', () => {
    const shared = `apiVersion: ecsm.sh/v1\nkind: Lease\nmetadata: &m {name: a, labels: {x: "1"}}\nspec: {<<: *m, name: b}\n`;
    expect(decode(shared)[0]?.manifest).toMatchObject({ spec: { name: 'b', labels: { x: '1' } } });
    const aliases = (text: string, list: (index: number) => string): string =>
      Array.from({ length: 12 }, (_, index) => `${text}${index + 1}: &${text}${index + 1} ${list(index)}`).join('\n');
    const bomb = `${lease('a')}a0: &a0 [x, x]\n${aliases('a', (index) => `[${Array(20).fill(`*a${index}`).join(', ')}]`)}`;
    expect(brief(bomb)).toEqual([expect.stringMatching(/takes more than 1048576 bytes/)]);
    const merges = `${lease('a')}a0: &a0 {x: 1}\n${aliases('a', (index) => `{<<: [${Array(500).fill(`*a${index}`).join(', ')}]}`)}`;
    expect(brief(merges)).toEqual([expect.stringMatching(/merge/)]);
  });

  it('values are what YAML 1.2 says: no dates, no yes for true', () => {
    const [document] = decode(`${lease('a')}x: [2026-01-01, yes, on, 0o17, ~, "5", 5]`);
    expect(document?.manifest).toMatchObject({ x: ['2026-01-01', 'yes', 'on', 15, null, '5', 5] });
  });

  it('takes a List for its items, each with its own fate', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: ecsm.sh/v1, kind: Lease, metadata: {name: a}}\n- 5\n`;
    expect(brief(list)).toEqual([
      'a',
      'web.yaml, document 1, item 2 (line 1): must be an object with apiVersion, kind and metadata, and is a number',
    ]);
    expect(brief(`apiVersion: ecsm.sh/v1\nkind: LeaseList\nitems: []\n`)).toEqual([
      'web.yaml, document 1 (line 1): holds no object',
    ]);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'-:{}[]&*!|>\'"#%@`, \n\tab10?<'.split('')), maxLength: 80 }),
        (text) => {
          expect(decodeManifests(text).length).toBeGreaterThan(0);
        },
      ),
      { seed: 7, numRuns: 1_000 },
    );
  });

  it('what the registry says of a manifest can be told with the place it stands', async () => {
    await using registry = new Registry({ store: new MemoryStore() });
    const [{ source, manifest }] = decode(`${lease('a')}spek: 1`) as [DecodedManifest];
    const [result] = await registry.applyAll([manifest!]);
    const error = ManifestError.at(
      source,
      result?.outcome === 'failed' ? result.error : new BadRequestError({ message: 'none' }),
    );
    expect(error.message).toBe(
      'web.yaml, document 1 (line 1): leases "default/a" is invalid: spek: is not a field of Lease; did you mean "spec"? (got 1)',
    );
    expect(error.errors).toEqual([{ field: 'spek', value: 1, rule: 'is not a field of Lease; did you mean "spec"?' }]);
  });
});
