import { SeenPages } from '@ecsm/ecsm-client';
import { envelopeOf, pageOf } from '@ecsm/ecsm-client/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { connect, type Connected } from '../helpers/connect.js';

const pageSize = 3;

interface Shown {
  readonly id: string;
  readonly online: number;
  /** @defaultValue the id */
  readonly name?: string;
  /** Without an id that can be used. */
  readonly isBad?: boolean;
}

function rowOf({ id, online, name = id, isBad }: Shown): object {
  const words = { status: 'complete', policy: 'dynamic', createdTime: '', updatedTime: '' };
  return { ...words, id: isBad === true ? null : id, name, factor: 1, instanceOnline: online };
}

/** A platform whose list can change between two pages, and which notes what it has shown in a reading. */
class Platform {
  list: Shown[] = [];
  shown: Shown[] = [];
  /** Called before each page. */
  beforePage: (pageNum: number) => void = () => undefined;
  /** How many rows it says there are, where that is not the truth. */
  total: number | undefined;
  /** The page whose answer is lost. */
  losesPage: number | undefined;

  constructor({ server }: Connected) {
    server.always('GET', '/service').answer(({ query }) => {
      const pageNum = Number(Object.fromEntries(query)['pageNum']);
      this.beforePage(pageNum);
      if (pageNum === this.losesPage) return { kind: 'drop' };
      const rows = this.list.slice((pageNum - 1) * pageSize, pageNum * pageSize);
      this.shown.push(...rows);
      const body = JSON.stringify(envelopeOf(pageOf(rows.map(rowOf), { total: this.total ?? this.list.length })));
      return { kind: 'reply', body };
    });
  }
}

/** What a reader knows who goes by what he is handed out. */
class Reader {
  readonly seen = new SeenPages();
  readonly known = new Map<string, number>();
  handedOut: string[] = [];
  unchanged: string[] = [];
  readonly #services: Connected['ecsm']['services'];

  constructor({ ecsm }: Connected) {
    this.#services = ecsm.services;
  }

  async read(): Promise<void> {
    this.handedOut = [];
    this.unchanged = [];
    const onUnchanged = (ids: readonly string[]): number => this.unchanged.push(...ids);
    for await (const { id, instanceOnline } of this.#services.all({}, { seen: this.seen, onUnchanged, pageSize })) {
      this.handedOut.push(id);
      this.known.set(id, instanceOnline);
    }
    const there = new Set([...this.handedOut, ...this.unchanged]);
    for (const id of this.known.keys()) if (!there.has(id)) this.known.delete(id);
  }
}

const services = (...ids: readonly string[]): Shown[] => ids.map((id) => ({ id, online: 1 }));

describe('SeenPages', () => {
  it('leaves pages out that are as they were, and tells whose they are', async () => {
    await using connected = await connect();
    const [platform, reader] = [new Platform(connected), new Reader(connected)];
    platform.list = services('a', 'b', 'c', 'd', 'e', 'f', 'g');
    await reader.read();
    expect(reader.handedOut).toHaveLength(7);
    await reader.read();
    expect(reader.handedOut).toEqual([]);
    expect(reader.unchanged).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    platform.list[4] = { id: 'e', online: 2 };
    await reader.read();
    expect(reader.handedOut).toEqual(['d', 'e', 'f']);
    expect(reader.known.get('e')).toBe(2);
  });

  it('hands a row out once more when that is wanted, also when it is wanted while the list is read', async () => {
    await using connected = await connect();
    const [platform, reader] = [new Platform(connected), new Reader(connected)];
    platform.list = services('a', 'b', 'c', 'd');
    await reader.read();
    reader.seen.want('d');
    platform.beforePage = (pageNum) => {
      if (pageNum === 2) reader.seen.want('a');
    };
    await reader.read();
    expect(reader.handedOut).toEqual(['d']);
    platform.beforePage = () => undefined;
    await reader.read();
    expect(reader.handedOut).toEqual(['a', 'b', 'c']);
    await reader.read();
    expect(reader.handedOut).toEqual([]);
  });

  it('forgets everything when a reading fails or is left', async () => {
    await using connected = await connect();
    const [platform, reader] = [new Platform(connected), new Reader(connected)];
    platform.list = services('a', 'b', 'c', 'd');
    await reader.read();
    platform.losesPage = 2;
    await expect(reader.read()).rejects.toThrow();
    platform.losesPage = undefined;
    await reader.read();
    expect(reader.handedOut).toHaveLength(4);
    reader.seen.want('d');
    const { seen } = reader;
    for await (const row of connected.ecsm.services.all({}, { seen, pageSize })) if (row.id === 'd') break;
    await reader.read();
    expect(reader.handedOut).toHaveLength(4);
  });

  it('does not take the rows of a page for known that was not there the last time', async () => {
    await using connected = await connect();
    const [platform, reader] = [new Platform(connected), new Reader(connected)];
    // Whole pages of another list, so that the total is no help.
    platform.total = 7;
    const all = services('a', 'b', 'c', 'd', 'e', 'f', 'g');
    platform.list = all;
    await reader.read();
    platform.total = 3;
    platform.list = all.slice(0, 3);
    await reader.read();
    expect([...reader.known.keys()]).toEqual(['a', 'b', 'c']);
    platform.total = 7;
    platform.list = all;
    await reader.read();
    expect([...reader.known.keys()]).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('reads a page again of which another page of the same reading told otherwise', async () => {
    await using connected = await connect();
    const [platform, reader] = [new Platform(connected), new Reader(connected)];
    const [a, b, c, d] = services('a', 'b', 'c', 'd') as [Shown, Shown, Shown, Shown];
    platform.list = [{ ...d, online: 5 }, a, b, c];
    // Rows move while they are read: d is shown twice, and c not at all.
    platform.beforePage = (pageNum) => {
      if (pageNum === 2) platform.list = [a, b, c, d];
    };
    await reader.read();
    expect(reader.known.get('d')).toBe(5);
    await reader.read();
    expect([...reader.known].sort()).toEqual(['a', 'b', 'c', 'd'].map((id) => [id, 1]));
  });

  it('finds an id of an unchanged page under another name, in every reading', async () => {
    const reported: string[] = [];
    await using connected = await connect({ onBadRow: (bad) => reported.push(bad.problem) });
    const [platform, reader] = [new Platform(connected), new Reader(connected)];
    platform.list = services('a', 'b', 'c', 'd');
    await reader.read();
    platform.list[3] = { id: 'a', name: 'd', online: 1 };
    for (let readings = 1; readings <= 3; readings++) {
      await reader.read();
      expect(reader.unchanged).toEqual(['a', 'b', 'c']);
      expect(reader.handedOut).toEqual([]);
      expect(reported).toHaveLength(readings);
    }
    expect(reported[0]).toBe('row of "d" has the id "a", which is that of "a"');
  });

  it('leaves its reader knowing what the list says, whatever happens to rows between readings and between pages', async () => {
    await using connected = await connect({ retry: { maxRetries: 0 } });
    const platform = new Platform(connected);
    const first = (): Shown[] => services('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const change = fc.record({
      what: fc.constantFrom('add', 'remove', 'move', 'change', 'spoil', 'want', 'cut', 'restore', 'none'),
      at: fc.nat(20),
    });
    const reading = fc.record({ before: change, between: fc.array(change, { maxLength: 4 }), lost: fc.nat(30) });
    await fc.assert(
      fc.asyncProperty(fc.array(reading, { minLength: 2, maxLength: 10 }), async (readings) => {
        const reader = new Reader(connected);
        platform.list = services('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
        let count = 0;
        const apply = (next: { readonly what: string; readonly at: number } | undefined): void => {
          if (next?.what === 'restore') platform.list = first();
          if (next?.what === 'cut') platform.list.splice(next.at);
          const index = (next?.at ?? 0) % (platform.list.length + 1);
          const row = platform.list[index];
          if (next?.what === 'add') platform.list.splice(index, 0, { id: `new-${count++}`, online: 0 });
          if (row === undefined) return;
          if (next?.what === 'remove') platform.list.splice(index, 1);
          if (next?.what === 'move') platform.list.push(...platform.list.splice(index, 1));
          if (next?.what === 'change') platform.list[index] = { ...row, online: count++ };
          if (next?.what === 'spoil') platform.list[index] = { ...row, isBad: row.isBad !== true };
          if (next?.what === 'want') reader.seen.want(row.id);
        };
        for (const { before, between, lost } of readings) {
          apply(before);
          platform.shown = [];
          platform.losesPage = lost;
          platform.beforePage = (pageNum) => apply(between[pageNum - 1]);
          const failed = await reader.read().then(
            () => false,
            () => true,
          );
          if (failed) continue;
          const expected = new Map<string, number>();
          for (const { id, online, isBad } of platform.shown) {
            if (isBad !== true && !expected.has(id)) expected.set(id, online);
          }
          expect(new Map([...reader.known].sort())).toEqual(new Map([...expected].sort()));
        }
      }),
      { numRuns: 80, seed: 12 },
    );
  });
});
