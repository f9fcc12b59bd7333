import type { Clock } from '@ecsm/api-types';

import type { MetricQuery, MetricSource } from './metric-source.js';

/** How long the sources may take to answer one question: milliseconds. */
const patienceMs = 10_000;

/** Asks the metric sources of the program, and does not let them take for ever. */
export class ExternalMetrics {
  readonly #sources: readonly MetricSource[];
  readonly #clock: Clock;

  constructor(sources: readonly MetricSource[], clock: Clock) {
    this.#sources = sources;
    this.#clock = clock;
  }

  /**
   * The value of the first source that has the metric; `undefined` when none has it.
   *
   * @throws what a source throws; Error when the answer takes too long; the signal's reason when it aborts
   */
  async read(query: MetricQuery, signal: AbortSignal): Promise<number | undefined> {
    const ending = new AbortController();
    const both = AbortSignal.any([signal, ending.signal]);
    const timer = this.#clock.setTimer(() => {
      ending.abort(new Error(`no answer within ${patienceMs / 1000} s`));
    }, patienceMs);
    try {
      // A source that does not care for its signal is left behind.
      return await Promise.race([this.#ask(query, both), rejectedBy(both)]);
    } finally {
      timer.cancel();
      ending.abort();
    }
  }

  async #ask(query: MetricQuery, signal: AbortSignal): Promise<number | undefined> {
    for (const source of this.#sources) {
      const value = await source.read(query, { signal });
      if (value !== undefined) return value;
      signal.throwIfAborted();
    }
    return undefined;
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_resolve, reject) => {
    const refuse = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
  rejected.catch(() => undefined);
  return rejected;
}
