import { systemClock, type AbortableOptions, type Clock } from '@ecsm/api-types';
import { isRevisionMismatchError } from '@ecsm/registry';
import type {
  Store,
  StoreCommit,
  StoreEntry,
  StoreEvent,
  StoreFound,
  StoreGetOptions,
  StoreKey,
  StoreListed,
  StorePage,
  StoreRange,
  StoreStats,
  StoreVersion,
  StoreWatchOptions,
} from '@ecsm/registry';

import { messageLine } from '../internal/message-line.js';
import { registryTroubleOf, type RegistryTrouble } from './registry-trouble.js';

/** What is wrong with the registry's file. */
export interface Trouble {
  readonly what: RegistryTrouble;
  readonly message: string;
}

/** How a commit ended. */
export const commitOutcomes = ['done', 'conflict', 'failed'] as const;

/** How a commit ended. */
export type CommitOutcome = (typeof commitOutcomes)[number];

/** Hears how the registry's file fares. */
export interface StoreListener {
  /** Told when something goes wrong with the file, and with `undefined` when it is well again. */
  readonly onTrouble?: (trouble: Trouble | undefined) => void;
  /** Told of every commit after its end. */
  readonly onCommit?: (outcome: CommitOutcome, kinds: readonly string[], seconds: number) => void;
}

/** What stays wrong until the process starts anew. */
const lasting: readonly RegistryTrouble[] = ['corrupt', 'replaced'];

/** A {@link Store} that knows how its file fares. */
export class ObservedStore implements Store {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #listeners: StoreListener[] = [];
  #trouble: Trouble | undefined;

  constructor(store: Store, clock: Clock = systemClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Tells a listener from now on. */
  listen(listener: StoreListener): void {
    this.#listeners.push(listener);
  }

  /** What is wrong with the file now, as far as is known. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  get(key: StoreKey, options?: StoreGetOptions): Promise<StoreFound | undefined> {
    return this.#read(this.#store.get(key, options));
  }

  getMany(keys: readonly StoreKey[], options?: StoreGetOptions): Promise<readonly (StoreFound | undefined)[]> {
    return this.#read(this.#store.getMany(keys, options));
  }

  list(range: StoreRange): Promise<StorePage<StoreEntry>>;
  list<Item>(range: StoreRange, pick: (entry: StoreListed) => Item): Promise<StorePage<Item>>;
  list<Item>(range: StoreRange, pick?: (entry: StoreListed) => Item): Promise<StorePage<StoreEntry | Item>> {
    const store = this.#store;
    return this.#read<StorePage<StoreEntry | Item>>(pick === undefined ? store.list(range) : store.list(range, pick));
  }

  listVersions(range: StoreRange): Promise<StorePage<StoreVersion>>;
  listVersions<Item>(range: StoreRange, pick: (version: StoreVersion) => Item): Promise<StorePage<Item>>;
  listVersions<Item>(
    range: StoreRange,
    pick?: (version: StoreVersion) => Item,
  ): Promise<StorePage<StoreVersion | Item>> {
    const store = this.#store;
    return this.#read<StorePage<StoreVersion | Item>>(
      pick === undefined ? store.listVersions(range) : store.listVersions(range, pick),
    );
  }

  listOwned(uid: string, options?: AbortableOptions & { readonly limit?: number }): Promise<readonly StoreEntry[]> {
    return this.#read(this.#store.listOwned(uid, options));
  }

  revision(options?: AbortableOptions): Promise<number> {
    return this.#read(this.#store.revision(options));
  }

  async commit(commit: StoreCommit, options?: AbortableOptions): Promise<number> {
    const begunAt = this.#clock.monotonicNow();
    let outcome: CommitOutcome = 'failed';
    try {
      const revision = await this.#store.commit(commit, options);
      outcome = 'done';
      this.#wroteWell();
      return revision;
    } catch (error) {
      if (isRevisionMismatchError(error)) {
        outcome = 'conflict';
        // It was compared with what the file holds, so the file could be locked and read.
        this.#wroteWell();
      } else this.#noteFailure(error);
      throw error;
    } finally {
      const kinds = commit.writes.map((write) => write.key.kind);
      const seconds = (this.#clock.monotonicNow() - begunAt) / 1000;
      for (const { onCommit } of this.#listeners) onCommit?.(outcome, kinds, seconds);
    }
  }

  async *watch(options: StoreWatchOptions): AsyncGenerator<StoreEvent, void, undefined> {
    try {
      yield* this.#store.watch(options);
    } catch (error) {
      this.#noteFailure(error);
      throw error;
    }
  }

  compact(revision: number): Promise<void> {
    return this.#store.compact(revision);
  }

  stats(): Promise<StoreStats> {
    return this.#read(this.#store.stats());
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #read<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      this.#noteFailure(error);
      throw error;
    }
  }

  #noteFailure(error: unknown): void {
    const what = registryTroubleOf(error);
    if (what !== undefined) this.#note({ what, message: messageLine(error) });
  }

  #wroteWell(): void {
    if (this.#trouble !== undefined && !lasting.includes(this.#trouble.what)) this.#note(undefined);
  }

  #note(trouble: Trouble | undefined): void {
    const before = this.#trouble;
    if (before !== undefined && lasting.includes(before.what)) return;
    this.#trouble = trouble;
    if (before?.what !== trouble?.what) for (const { onTrouble } of this.#listeners) onTrouble?.(trouble);
  }
}
