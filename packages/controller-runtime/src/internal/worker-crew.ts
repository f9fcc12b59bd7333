import { sharedAbortController } from '@ecsm/api-types';
import type { WorkItem, WorkQueue } from '@ecsm/workqueue';

/** The workers of a queue, each of which takes one key after the other; how many they are can change while they work. */
export class WorkerCrew {
  readonly #queue: WorkQueue;
  readonly #process: (item: WorkItem) => Promise<void>;
  readonly #working = new Set<Promise<void>>();
  #wanted: number;
  #count = 0;
  #started = false;
  /** Aborts when those who wait for a key, all of them listening, are to see whether they are still wanted. */
  #recount = sharedAbortController();

  constructor(queue: WorkQueue, wanted: number, process: (item: WorkItem) => Promise<void>) {
    this.#queue = queue;
    this.#wanted = wanted;
    this.#process = process;
  }

  start(): void {
    this.#started = true;
    this.#hire();
  }

  /** Those above a lower number go as soon as they wait for a key; none leaves a run. */
  resize(wanted: number): void {
    this.#wanted = wanted;
    if (!this.#started) return;
    this.#hire();
    this.#recount.abort();
    this.#recount = sharedAbortController();
  }

  /** Resolves when the queue has ended and every worker is done. */
  async ended(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  #hire(): void {
    while (this.#count < this.#wanted) {
      this.#count++;
      const work = this.#work().finally(() => this.#working.delete(work));
      this.#working.add(work);
    }
  }

  async #work(): Promise<void> {
    while (this.#count <= this.#wanted) {
      const item = await this.#take();
      if (item === undefined) break;
      if (item !== 'recount') await this.#process(item);
    }
    this.#count--;
  }

  async #take(): Promise<WorkItem | 'recount' | undefined> {
    const { signal } = this.#recount;
    try {
      return await this.#queue.get({ signal });
    } catch (error) {
      if (signal.aborted) return 'recount';
      throw error;
    }
  }
}
