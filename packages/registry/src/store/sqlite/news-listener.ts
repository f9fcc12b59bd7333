import type { FSWatcher } from 'node:fs';
import type { Clock, Timer } from '@ecsm/api-types';
import type { Bell } from './bell.js';

/** What a {@link NewsListener} works with. */
export interface NewsListenerOptions {
  readonly bell: Bell;
  readonly clock: Clock;
  /** How often to look without having heard the bell. */
  readonly pollIntervalMs: number;
  /** Looks whether there is something new. Must not throw. */
  readonly look: () => void;
}

/**
 * Notices commits of other processes while somebody watches: by the bell, and by a slow poll as the net under it (a
 * bell can be deleted, or lie where files cannot be watched). At rest it does nothing at all.
 */
export class NewsListener {
  readonly #options: NewsListenerOptions;
  #watcher: FSWatcher | undefined;
  #timer: Timer | undefined;
  #listening = false;

  constructor(options: NewsListenerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#listening) return;
    this.#listening = true;
    this.#listen();
    this.#pollLater();
  }

  stop(): void {
    this.#listening = false;
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #listen(): void {
    const { bell, look } = this.#options;
    this.#watcher ??= bell.listen(look, () => {
      // Deleted or replaced: the next poll listens to the new one, if there is one by then.
      this.#watcher?.close();
      this.#watcher = undefined;
      if (this.#listening) look();
    });
  }

  #pollLater(): void {
    const { clock, pollIntervalMs, look } = this.#options;
    this.#timer = clock.setTimer(() => {
      look();
      this.#listen();
      this.#pollLater();
    }, pollIntervalMs);
  }
}
