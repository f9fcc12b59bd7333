import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { systemClock, type Clock, type Timer } from '@ecsm/api-types';
import type { Logger } from '@ecsm/controller-runtime';
import { makeFolder, SqliteStore } from '@ecsm/registry';

import { parseDuration } from '../config/duration.js';
import { messageLine } from '../internal/message-line.js';

/** Options of {@link Backups}. */
export interface BackupsOptions {
  readonly store: SqliteStore;
  readonly folder: string;
  /** A duration, or five cron fields in UTC. */
  readonly schedule: string;
  /** How many copies are kept. */
  readonly keep: number;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Whether it is up to this process. */
  readonly mayRun: () => boolean;
  /** Told of every copy, and with `undefined` of every failure. */
  readonly onBackup?: (backup: { readonly atMs: number; readonly bytes: number } | undefined) => void;
}

/** What a copy's name begins with until it has been examined. */
const unchecked = 'unchecked-';
const backupName = /^registry-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)-r(\d+)\.db$/;
/** How soon a backup that failed, or was not ours to make, is tried again: milliseconds. */
const retryMs = 60_000;

interface Copy {
  readonly name: string;
  readonly atMs: number;
  readonly revision: number;
}

/**
 * Copies a registry into a folder by schedule, examines each copy, and keeps the newest few.
 *
 * A registry that has not changed since the last copy is not copied again. The schedule goes by the copies that are
 * there, so that a restart neither skips one nor makes one too many.
 */
export class Backups implements AsyncDisposable {
  #options: BackupsOptions;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  #timer: Timer | undefined;
  /** Plans and copies, one after the other. */
  #running: Promise<void> = Promise.resolve();
  #lastAtMs: number | undefined;
  #failed = false;

  constructor(options: BackupsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Begins. */
  start(): void {
    this.replan();
  }

  /** Changes when copies are made and how many are kept. */
  set(change: Pick<BackupsOptions, 'schedule' | 'keep'>): void {
    this.#options = { ...this.#options, ...change };
    this.replan();
  }

  /** Plans the next copy anew: this process may make it now, or the clock by which it is due was set forward. */
  replan(): void {
    this.#then(() => this.#plan(false));
  }

  /** Resolves when no copy is being made. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#timer?.cancel();
    await this.#running;
  }

  #then(step: () => Promise<void>): void {
    this.#running = this.#running.then(step);
  }

  async #plan(retry: boolean): Promise<void> {
    const nowMs = this.#clock.now();
    const lastAtMs = this.#lastAtMs ?? (await this.#copies().catch(() => [])).at(-1)?.atMs;
    const dueMs = await nextBackupMs(this.#options.schedule, lastAtMs, nowMs);
    if (this.#stopping.signal.aborted) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(
      () => {
        this.#then(async () => this.#plan(!(await this.#run())));
      },
      Math.max(0, retry ? Math.max(retryMs, dueMs - nowMs) : dueMs - nowMs),
      { keepAlive: false },
    );
  }

  /** Makes a copy; tells whether that is settled until the next is due. */
  async #run(): Promise<boolean> {
    const { folder, keep, log, mayRun, onBackup } = this.#options;
    if (!mayRun()) return false;
    try {
      makeFolder(folder, { mode: 0o700 });
      await this.#removeHalfMade();
      const atMs = this.#clock.now();
      const newest = (await this.#copies()).at(-1);
      const revision = await this.#options.store.revision();
      const path = newest?.revision === revision ? join(folder, newest.name) : await this.#copy(atMs);
      this.#lastAtMs = atMs;
      onBackup?.({ atMs, bytes: (await stat(path)).size });
      for (const { name } of (await this.#copies()).slice(0, -keep)) await rm(join(folder, name), { force: true });
      if (this.#failed) log.info({ folder }, 'backups are made again');
      this.#failed = false;
      return true;
    } catch (error) {
      if (this.#stopping.signal.aborted) return true;
      onBackup?.(undefined);
      if (!this.#failed) log.error({ folder, error: messageLine(error) }, 'no backup could be made; it is tried again');
      this.#failed = true;
      return false;
    }
  }

  /** Removes what was left by a process that was killed while it made a copy. */
  async #removeHalfMade(): Promise<void> {
    const { folder } = this.#options;
    const names = await readdir(folder);
    for (const name of names.filter((each) => each.startsWith(unchecked))) await rm(join(folder, name));
  }

  /** Writes a copy and examines it; a bad one is removed. */
  async #copy(atMs: number): Promise<string> {
    const { folder, store, log } = this.#options;
    const { signal } = this.#stopping;
    const time = `${new Date(atMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
    const copy = join(folder, `${unchecked}${time}.db`);
    try {
      const { revision } = await store.backup(copy, { signal });
      const problems = await examine(copy);
      if (problems.length > 0) throw new Error(`the copy is damaged: ${problems.join('; ')}`);
      const path = join(folder, `registry-${time}-r${revision}.db`);
      await rename(copy, path);
      log.info({ path, revision }, 'backup made and examined');
      return path;
    } finally {
      await rm(copy, { force: true });
    }
  }

  /** The copies in the folder, in the order in which they were made. */
  async #copies(): Promise<readonly Copy[]> {
    const names = (await readdir(this.#options.folder)).sort();
    const copies = names.flatMap((name) => {
      const match = backupName.exec(name);
      if (match === null) return [];
      const atMs = Date.parse(String(match[1]).replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'));
      return [{ name, atMs, revision: Number(match[2]) }];
    });
    return inOrder(copies, await this.#options.store.revision());
  }
}

/**
 * Orders copies by their revisions: dates lie wherever the clock was wrong when one was made, and one from the future would
 * have all later ones taken for older and removed. What is ahead of the registry is of an earlier one, which was lost.
 */
function inOrder(copies: readonly Copy[], revision: number): readonly Copy[] {
  const isOfAnother = (copy: Copy): boolean => copy.revision > revision;
  const own = copies.filter((copy) => !isOfAnother(copy)).sort((a, b) => a.revision - b.revision);
  return [...copies.filter(isOfAnother), ...own];
}

async function examine(path: string): Promise<readonly string[]> {
  await using copy = await SqliteStore.open({ path, readonly: true });
  return await copy.checkIntegrity();
}

/** When the next copy is due, in wall-clock milliseconds. */
export async function nextBackupMs(schedule: string, lastAtMs: number | undefined, nowMs: number): Promise<number> {
  const everyMs = parseDuration(schedule);
  // A clock that was set back must not put the next copy off for as long.
  if (everyMs !== undefined) return lastAtMs === undefined ? nowMs : Math.min(lastAtMs, nowMs) + everyMs;
  const { Cron } = await import('croner');
  const next = new Cron(schedule, { timezone: 'UTC' }).nextRun(new Date(Math.min(lastAtMs ?? nowMs, nowMs)));
  return next?.getTime() ?? nowMs + 86_400_000;
}
