import {
  formatKey,
  keyOf,
  type ApiObject,
  type Clock,
  type ObjectKey,
  type Stored,
  type Timer,
  type WatchEvent,
} from '@ecsm/api-types';

import type { KnownObjects } from './known-objects.js';
import { compactVersion, type CompactVersion } from './compact-version.js';

type ChangeEvent<T extends ApiObject> = Exclude<WatchEvent<T>, { readonly type: 'bookmark' }>;

/** What {@link OwnWrites} works with. */
export interface OwnWritesContext<T extends ApiObject> {
  readonly known: KnownObjects<T>;
  readonly clock: Clock;
  readonly ttlMs: number;
  /** Whether the informer may see an object that it does not know yet. */
  readonly mayAppear: (object: Stored<T>) => boolean;
  /** The source did not confirm a write in time. */
  readonly onUnconfirmed: () => void;
}

/** The writes to one key that are under way, and what the watch said of it meanwhile. */
interface Window<T extends ApiObject> {
  open: number;
  readonly held: ChangeEvent<T>[];
  readonly results: Stored<T>[];
}

/**
 * Lets an informer see the program's own writes at once, and tell their echo from changes by others.
 *
 * While a write is under way the watch's events of its key are held back: only its result tells which of them is its
 * echo. Then result and events are taken in, in the order of their versions; the echo of a result that was taken in
 * is known already when it comes, so it is dropped. Versions without an order cannot be sorted in: then only what
 * the watch says is believed.
 */
export class OwnWrites<T extends ApiObject> {
  readonly #context: OwnWritesContext<T>;
  readonly #windows = new Map<string, Window<T>>();
  readonly #unconfirmed = new Map<string, Timer>();
  #isStopped = false;

  constructor(context: OwnWritesContext<T>) {
    this.#context = context;
  }

  /** Runs a write to the object of a key. */
  async during<R extends Stored<T> | undefined>(key: ObjectKey, write: () => Promise<R>): Promise<R> {
    const text = formatKey(key);
    let window = this.#windows.get(text);
    if (window === undefined) this.#windows.set(text, (window = { open: 0, held: [], results: [] }));
    window.open++;
    try {
      const result = await write();
      if (result !== undefined && formatKey(keyOf(result)) === text) window.results.push(result);
      return result;
    } finally {
      if (--window.open === 0) {
        this.#windows.delete(text);
        if (!this.#isStopped) this.#settle(text, window);
      }
    }
  }

  /** Keeps an event back when its object is being written. */
  holds(event: ChangeEvent<T>): boolean {
    if (this.#windows.size === 0) return false;
    const window = this.#windows.get(formatKey(keyOf(event.object)));
    window?.held.push(event);
    return window !== undefined;
  }

  /** Takes nothing in any more, be it of a write that is still under way. */
  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#unconfirmed.values()) timer.cancel();
    this.#unconfirmed.clear();
  }

  #settle(text: string, { held, results }: Window<T>): void {
    const { known, mayAppear } = this.#context;
    const versionOf = (object: Stored<T>): CompactVersion => compactVersion(object.metadata.resourceVersion);
    const own = new Set(results.map(versionOf));
    const steps: { readonly event: ChangeEvent<T>; readonly isEcho: boolean }[] = held.map((event) => ({
      event,
      isEcho: own.has(versionOf(event.object)),
    }));
    if (known.isOrdered) {
      const echoed = new Set(held.map(({ object }) => versionOf(object)));
      for (const object of results) {
        if (echoed.has(versionOf(object)) || !(known.has(text) || mayAppear(object))) continue;
        steps.push({ event: { type: 'modified', object }, isEcho: true });
        this.#expectEcho(text, versionOf(object));
      }
      steps.sort((a, b) => Number(versionOf(a.event.object)) - Number(versionOf(b.event.object)));
    }
    for (const { event, isEcho } of steps) known.apply(event, isEcho);
  }

  /** If the source never shows the write, what was taken in from it must not stay for ever. */
  #expectEcho(text: string, version: CompactVersion): void {
    const { clock, ttlMs, known, onUnconfirmed } = this.#context;
    this.#unconfirmed.get(text)?.cancel();
    const timer = clock.setTimer(
      () => {
        this.#unconfirmed.delete(text);
        if (known.hasReached(version)) return;
        known.distrust(text);
        onUnconfirmed();
      },
      ttlMs,
      { keepAlive: false },
    );
    this.#unconfirmed.set(text, timer);
  }
}
