/** Somebody who follows the changes. */
export interface Watcher {
  /** The newest revision of which it has been told everything. */
  readonly revision: number;
}

/**
 * Tells waiting watchers that there may be something to read. They go on in a microtask, never inside the stack of the
 * writer that calls {@link WakeUps.wake}.
 */
export class WakeUps {
  readonly #sleepers = new Set<() => void>();
  readonly #watchers = new Set<Watcher>();
  readonly #onFirst: () => void;
  readonly #onLast: () => void;
  /** Grows with every wake-up, so that one between reading and falling asleep is not missed. */
  #count = 0;
  #closed = false;

  constructor(onFirstWatcher: () => void = () => {}, onLastWatcher: () => void = () => {}) {
    this.#onFirst = onFirstWatcher;
    this.#onLast = onLastWatcher;
  }

  get count(): number {
    return this.#count;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** How many revisions the slowest watcher is behind the newest one; 0 without watchers. */
  lag(newest: number): number {
    let slowest = newest;
    for (const { revision } of this.#watchers) slowest = Math.min(slowest, revision);
    return newest - slowest;
  }

  /** Whether the store is closed: watchers end instead of waiting. */
  get closed(): boolean {
    return this.#closed;
  }

  register(watcher: Watcher): void {
    const isFirst = this.#watchers.size === 0;
    this.#watchers.add(watcher);
    if (isFirst) this.#onFirst();
  }

  unregister(watcher: Watcher): void {
    if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#onLast();
  }

  wake(): void {
    this.#count++;
    if (this.#sleepers.size > 0) queueMicrotask(this.#wakeSleepers);
  }

  close(): void {
    this.#closed = true;
    this.wake();
  }

  /** Adds a function that the next wake-up calls once. It must not throw. */
  sleep(wakeUp: () => void): void {
    this.#sleepers.add(wakeUp);
  }

  /** Takes it back. */
  stay(wakeUp: () => void): void {
    this.#sleepers.delete(wakeUp);
  }

  readonly #wakeSleepers = (): void => {
    const sleepers = [...this.#sleepers];
    this.#sleepers.clear();
    for (const wakeUp of sleepers) wakeUp();
  };
}
