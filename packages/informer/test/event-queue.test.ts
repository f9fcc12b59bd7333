import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compactEvents } from '../src/internal/compact-events.js';
import { EventQueue } from '../src/internal/event-queue.js';

interface Note {
  readonly type: 'added' | 'modified' | 'deleted' | 'sync';
  readonly key: string;
  readonly version: number;
  readonly initial?: boolean;
}

const keyOf = (note: Note): string => note.key;
const asAdded = (note: Note): Note => ({ ...note, type: 'added' });
const traits = { keyOf, asAdded, isInitial: (note: Note) => note.initial === true };

/** A history as a source writes it: added before modified, nothing but added after deleted. */
const history = fc
  .array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), removes: fc.boolean(), syncs: fc.boolean() }), {
    maxLength: 60,
    size: 'max',
  })
  .map((steps) => {
    const living = new Set<string>();
    return steps.flatMap(({ key, removes, syncs }, version): Note[] => {
      if (!living.has(key)) {
        living.add(key);
        return [{ type: 'added', key, version }];
      }
      if (syncs) return [{ type: 'sync', key, version }];
      if (!removes) return [{ type: 'modified', key, version }];
      living.delete(key);
      return [{ type: 'deleted', key, version }];
    });
  });

/** What a reader knows at the end: the keys that live. */
function livingAfter(notes: readonly Note[], before: ReadonlySet<string> = new Set()): Set<string> {
  const living = new Set(before);
  for (const { type, key } of notes) {
    if (type === 'added') living.add(key);
    if (type === 'deleted') living.delete(key);
  }
  return living;
}

describe('compactEvents', () => {
  it('leaves a reader knowing the same, with at most a deletion and one more event for each key', () => {
    fc.assert(
      fc.property(history, fc.nat(60), (notes, readBefore) => {
        const read = notes.slice(0, readBefore);
        const waiting = notes.slice(readBefore);
        const compact = compactEvents(waiting, keyOf, asAdded);
        const known = livingAfter(read);
        expect(livingAfter(compact, known)).toEqual(livingAfter(waiting, known));
        for (const key of ['a', 'b', 'c']) {
          const all = waiting.filter((note) => note.key === key && note.type !== 'sync');
          const kept = compact.filter((note) => note.key === key);
          expect(kept.length).toBeLessThanOrEqual(2);
          // The latest state is kept, and a deletion if there was one.
          expect(kept.filter(({ type }) => type !== 'sync').at(-1)?.version).toBe(all.at(-1)?.version);
          expect(kept.some(({ type }) => type === 'deleted')).toBe(all.some(({ type }) => type === 'deleted'));
          // What is told of as changed is known to the reader.
          const isKnown = known.has(key) && kept[0]?.type !== 'deleted';
          const state = kept.find(({ type }) => type === 'added' || type === 'modified');
          if (state !== undefined) expect(state.type).toBe(isKnown ? 'modified' : 'added');
        }
        expect(compact.map(({ version }) => version)).toEqual(
          [...compact.map(({ version }) => version)].sort((a, b) => a - b),
        );
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('EventQueue', () => {
  const note = (key: string, version: number, initial = false): Note => ({
    type: version === 1 ? 'added' : 'modified',
    key,
    version,
    initial,
  });

  it('I7 gives batches without a key twice, all initial or none, up to the limit, in order', () => {
    const tables: [string, number, string[][]][] = [
      ['', 3, []],
      ['a1 b1 c1', 5, [['a1', 'b1', 'c1']]],
      ['a1 b1 c1', 2, [['a1', 'b1'], ['c1']]],
      ['a1 a2 b1', 5, [['a1'], ['a2', 'b1']]],
      [
        'a1 b1 a2 b2',
        5,
        [
          ['a1', 'b1'],
          ['a2', 'b2'],
        ],
      ],
      [
        'a1! b1! c1 d1',
        5,
        [
          ['a1!', 'b1!'],
          ['c1', 'd1'],
        ],
      ],
      ['a1! a2 a3', 5, [['a1!'], ['a2'], ['a3']]],
      ['a1', 1, [['a1']]],
    ];
    for (const [text, limit, expected] of tables) {
      const queue = new EventQueue<Note>(traits);
      for (const word of text.split(' ').filter((word) => word !== '')) {
        queue.push(note(word[0] ?? '', Number(word[1]), word.endsWith('!')));
      }
      const batches: string[][] = [];
      for (let batch = queue.takeBatch(limit); batch.length > 0; batch = queue.takeBatch(limit)) {
        batches.push(batch.map(({ key, version, initial }) => `${key}${version}${initial === true ? '!' : ''}`));
      }
      expect(batches).toEqual(expected);
    }
  });

  it('stays as small as the keys are many when nobody reads', () => {
    const queue = new EventQueue<Note>(traits, 100);
    for (let version = 1; version <= 100_000; version++) queue.push(note(`k${version % 20}`, version + 1));
    expect(queue.size).toBeLessThanOrEqual(100);
    const latest = new Map<string, number>();
    for (let next = queue.take(); next !== undefined; next = queue.take()) latest.set(next.key, next.version);
    expect([...latest.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => 99_982 + n));
  });

  it('keeps the initial state complete ahead of its end when it is merged', () => {
    const queue = new EventQueue<Note>(traits, 10);
    for (let n = 0; n < 8; n++) queue.push(note(`k${n}`, 1, true));
    queue.markInitialEnd();
    for (let version = 2; version < 50; version++) queue.push(note('k0', version));
    const initial: string[] = [];
    while (!queue.isPastInitial) initial.push(queue.take()?.key ?? 'nothing');
    expect(initial).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7']);
    expect(queue.take()?.version).toBeGreaterThan(1);
  });

  it('is in order through many pushes and takes', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 5000, minLength: 3000, size: 'max' }), (pushes) => {
        const queue = new EventQueue<Note>(traits);
        let pushed = 0;
        const taken: (number | undefined)[] = [];
        for (const isPush of pushes) {
          if (isPush) queue.push(note('a', ++pushed));
          else if (taken.length < pushed) taken.push(queue.take()?.version);
        }
        expect(taken).toEqual(taken.map((_, index) => index + 1));
        expect(queue.size).toBe(pushed - taken.length);
      }),
      { seed: 2, numRuns: 20 },
    );
  });
});
