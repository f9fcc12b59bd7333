import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '@ecsm/api-types/testing';
import { Lease } from '@ecsm/api-types';
import { Registry, SqliteStore } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Backups, nextBackupMs } from '../../src/daemon/backups.js';
import { LinesLogger } from '../helpers/lines-logger.js';

let root = '';
let folder = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'backups-'));
  folder = join(root, 'copies');
});

afterEach(() => rm(root, { recursive: true, force: true }));

const hourMs = 3_600_000;

/** A registry of which copies are made, on a clock of its own. */
class Copied implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly log = new LinesLogger();
  readonly told: (number | undefined)[] = [];
  readonly backups: Backups;
  readonly #registry: Registry;
  #written = 0;

  private constructor(store: SqliteStore, clock: ManualClock, keep: number) {
    this.clock = clock;
    this.#registry = new Registry({ store, clock });
    this.backups = new Backups({
      store,
      folder,
      schedule: '1h',
      keep,
      log: this.log,
      clock,
      mayRun: () => true,
      onBackup: (backup) => this.told.push(backup?.bytes),
    });
  }

  static async start(keep = 2, clock = new ManualClock()): Promise<Copied> {
    const store = await SqliteStore.open({ path: join(root, 'registry.db') });
    return new Copied(store, clock, keep);
  }

  async write(): Promise<void> {
    const metadata = { name: `n${String(this.clock.now())}-${++this.#written}`, namespace: 'default' };
    await this.#registry.resource(Lease).create({ apiVersion: 'ecsm.sh/v1', kind: 'Lease', metadata, spec: {} });
  }

  async pass(ms: number): Promise<void> {
    await this.backups.idle();
    await this.clock.advance(ms);
    await this.backups.idle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.backups[Symbol.asyncDispose]();
    await this.#registry.close();
  }
}

describe('Backups', () => {
  it('copies by schedule, examines each copy and keeps the newest few', async () => {
    await using copied = await Copied.start();
    copied.backups.start();
    for (let round = 0; round < 4; round++) {
      await copied.write();
      await copied.pass(hourMs);
    }
    const names = await readdir(folder);
    expect(names).toHaveLength(2);
    expect(names.every((name) => /^registry-.*Z-r\d+\.db$/.test(name))).toBe(true);
    await using copy = await SqliteStore.open({ path: join(folder, names[1] ?? ''), readonly: true });
    expect(await copy.checkIntegrity()).toEqual([]);
    expect(copied.told.every((bytes) => (bytes ?? 0) > 1000)).toBe(true);
    expect(copied.log.lines).toContainEqual(expect.stringContaining('backup made and examined'));
  });

  it('makes at once what a clock that was set forward has made due', async () => {
    await using copied = await Copied.start();
    copied.backups.start();
    await copied.pass(1);
    await copied.write();
    copied.clock.setWallClock(copied.clock.now() + 40 * 24 * hourMs);
    copied.backups.replan();
    await copied.pass(1);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('does not copy what has not changed', async () => {
    await using copied = await Copied.start();
    await copied.write();
    copied.backups.start();
    for (let round = 0; round < 5; round++) await copied.pass(hourMs);
    expect(await readdir(folder)).toHaveLength(1);
    expect(copied.told.length).toBeGreaterThan(3);
    expect(copied.log.lines).toHaveLength(1);
  });

  it('goes on where an earlier process stopped', async () => {
    const clock = new ManualClock();
    {
      await using first = await Copied.start(2, clock);
      first.backups.start();
      await first.pass(1);
    }
    await clock.advance(hourMs / 2);
    await using second = await Copied.start(2, clock);
    await second.write();
    second.backups.start();
    await second.pass(hourMs / 4);
    expect(await readdir(folder)).toHaveLength(1);
    await second.pass(hourMs / 2);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it.each([
    ['from a time when the clock was ahead', '2040-01-01T00-00-00Z-r1.db', '2040-01-02T00-00-00Z-r2.db'],
    ['of a registry that was lost', '2020-01-01T00-00-00Z-r8888.db', '2020-01-02T00-00-00Z-r9999.db'],
  ])('keeps the copies it makes beside those %s', async (_what, older, newer) => {
    await using copied = await Copied.start();
    for (let count = 0; count < 3; count++) await copied.write();
    await mkdir(folder);
    for (const name of [older, newer]) await writeFile(join(folder, `registry-${name}`), 'a copy');
    copied.backups.start();
    await copied.pass(hourMs);
    const after = await readdir(folder);
    expect(after).toHaveLength(2);
    expect(after).toContain(`registry-${newer}`);
    await copied.write();
    await copied.pass(hourMs);
    expect(await readdir(folder)).toHaveLength(2);
    expect((await readdir(folder)).filter((name) => name.includes(newer))).toEqual([]);
  });

  it('removes what a process has left that was killed while it made a copy', async () => {
    await using copied = await Copied.start();
    await mkdir(folder);
    const halfMade = ['unchecked-2026-01-01T00-00-00Z.db', 'unchecked-2026-01-02T00-00-00Z.db.partial'];
    for (const name of [...halfMade, 'notes.txt']) await writeFile(join(folder, name), 'half');
    copied.backups.start();
    await copied.pass(1);
    expect((await readdir(folder)).sort()).toEqual(['notes.txt', expect.stringMatching(/^registry-/)]);
  });

  it('says once that none can be made, tries again, and leaves nothing half-made', async () => {
    await writeFile(folder, 'in the way');
    await using copied = await Copied.start();
    copied.backups.start();
    await copied.pass(1);
    await copied.pass(120_000);
    await copied.pass(120_000);
    expect(copied.told.slice(0, 2)).toEqual([undefined, undefined]);
    expect(copied.log.lines).toHaveLength(1);
    await rm(folder);
    await copied.pass(120_000);
    expect(await readdir(folder)).toHaveLength(1);
    expect(copied.log.lines.at(-1)).toContain('made again');
  });
});

describe('nextBackupMs', () => {
  const at = (text: string): number => Date.parse(text);
  it.each([
    ['1h', undefined, '2026-01-01T10:30:00Z', '2026-01-01T10:30:00Z'],
    ['1h', '2026-01-01T10:00:00Z', '2026-01-01T10:30:00Z', '2026-01-01T11:00:00Z'],
    ['1h', '2026-03-01T10:00:00Z', '2026-01-01T10:30:00Z', '2026-01-01T11:30:00Z'],
    ['0 3 * * *', undefined, '2026-01-01T10:30:00Z', '2026-01-02T03:00:00Z'],
    ['0 3 * * *', '2025-12-30T03:00:00Z', '2026-01-01T10:30:00Z', '2025-12-31T03:00:00Z'],
  ])('%s after %s, asked at %s: %s', async (schedule, last, now, next) => {
    const due = await nextBackupMs(schedule, last === undefined ? undefined : at(last), at(now));
    expect(new Date(due).toISOString()).toBe(new Date(at(next)).toISOString());
  });
});
