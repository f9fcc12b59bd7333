import type { StoreCommit } from '../store.js';
import type { CommitOutcome } from './commit-writer.js';
import { busyTooLong, retryDelayMs, type Patience } from './retry-while-busy.js';
import { isBusy } from './sqlite-failure.js';

/** Most writes of one transaction, so that it holds the event loop for a few milliseconds only; one commit may be larger. */
const maxWritesAtOnce = 100;

interface Waiting {
  readonly commit: StoreCommit;
  readonly deadline: number;
  readonly resolve: (revision: number) => void;
  readonly reject: (reason: Error) => void;
}

/** What a {@link CommitQueue} works with. */
export interface CommitQueueOptions extends Patience {
  /** Carries out commits in one durable transaction; throws without having changed anything. */
  readonly run: (commits: readonly StoreCommit[]) => readonly CommitOutcome[];
  /** Puts an error of `run` into the words of a store. */
  readonly toFailure: (error: unknown) => Error;
}

/**
 * Brings commits to the database one transaction at a time. Commits that wait together share a transaction, and so the
 * flush to the disk; each is still checked and answered on its own and has its own revision. While another process
 * writes, they wait without blocking the event loop.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** Queues a commit; it is carried out in a later turn of the event loop. */
  submit(commit: StoreCommit, signal?: AbortSignal): Promise<number> {
    const deadline = this.#options.clock.monotonicNow() + this.#options.busyTimeoutMs;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { commit, deadline, resolve, reject };
      this.#waiting.push(signal === undefined ? waiting : this.#abortable(waiting, signal));
      this.#schedule();
    });
  }

  #abortable(waiting: Waiting, signal: AbortSignal): Waiting {
    const onAbort = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== abortable);
      waiting.reject(signal.reason as Error);
    };
    const abortable: Waiting = {
      ...waiting,
      resolve: (revision) => {
        signal.removeEventListener('abort', onAbort);
        waiting.resolve(revision);
      },
      reject: (reason) => {
        signal.removeEventListener('abort', onAbort);
        waiting.reject(reason);
      },
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return abortable;
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const batch = this.#takeBatch();
    if (batch.length > 0 && this.#carryOut(batch) === 'busy') {
      this.#waiting = [...batch, ...this.#waiting];
      this.#giveUpLate();
      if (this.#waiting.length > 0) this.#retryLater();
    } else if (this.#waiting.length > 0) {
      this.#schedule();
    }
    if (this.#waiting.length === 0) {
      for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  };

  #takeBatch(): readonly Waiting[] {
    let writes = 0;
    let count = 0;
    for (const { commit } of this.#waiting) {
      writes += commit.writes.length;
      if (count > 0 && writes > maxWritesAtOnce) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #carryOut(batch: readonly Waiting[]): 'done' | 'busy' {
    let outcomes: readonly CommitOutcome[];
    try {
      outcomes = this.#options.run(batch.map(({ commit }) => commit));
    } catch (error) {
      if (isBusy(error)) return 'busy';
      // One that cannot be carried out must not take the others with it.
      if (batch.length > 1) return this.#carryOutEach(batch);
      batch[0]?.reject(this.#options.toFailure(error));
      return 'done';
    }
    batch.forEach((waiting, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) return;
      if ('error' in outcome) waiting.reject(outcome.error);
      else waiting.resolve(outcome.revision);
    });
    return 'done';
  }

  #carryOutEach(batch: readonly Waiting[]): 'done' {
    this.#waiting.unshift(...batch.filter((waiting) => this.#carryOut([waiting]) === 'busy'));
    return 'done';
  }

  #giveUpLate(): void {
    const { clock, busyTimeoutMs, path } = this.#options;
    const now = clock.monotonicNow();
    const late = this.#waiting.filter(({ deadline }) => deadline <= now);
    this.#waiting = this.#waiting.filter(({ deadline }) => deadline > now);
    for (const { reject } of late) reject(busyTooLong({ step: 'writing to', path, busyTimeoutMs }));
  }

  #retryLater(): void {
    const { clock, random } = this.#options;
    this.#scheduled = true;
    clock.setTimer(this.#flush, retryDelayMs(random));
  }
}
