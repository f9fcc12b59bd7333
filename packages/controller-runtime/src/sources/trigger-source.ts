import { sharedAbortController, slept, type ObjectKey } from '@ecsm/api-types';
import { ExponentialRateLimiter } from '@ecsm/workqueue';

import type { Source, SourceEnvironment, SourceFactory } from './source.js';
import { asTrigger, type Trigger } from './trigger.js';

/**
 * A stream of keys: an async iterable, or a function that begins one and is called again, after a growing delay, when it
 * fails.
 */
export type TriggerStream =
  | AsyncIterable<ObjectKey | Trigger>
  | ((options: { readonly signal: AbortSignal }) => AsyncIterable<ObjectKey | Trigger>);

/** Options of `trigger`. */
export interface TriggerOptions {
  /**
   * Shown among a run's causes.
   *
   * @defaultValue `'trigger'`
   */
  readonly name?: string;
}

/** A stream that worked for this long starts again with the shortest delay. */
const calmMs = 60_000;

/** A source that takes its keys from a stream. Its end, also by an error, ends nothing else. */
export function triggerSource(stream: TriggerStream, { name = 'trigger' }: TriggerOptions = {}): SourceFactory {
  return (environment) => new TriggerSource(name, stream, environment);
}

class TriggerSource implements Source {
  readonly name: string;
  readonly #stream: TriggerStream;
  readonly #environment: SourceEnvironment;
  readonly #stopping = sharedAbortController();
  #iterator: AsyncIterator<ObjectKey | Trigger> | undefined;

  constructor(name: string, stream: TriggerStream, environment: SourceEnvironment) {
    this.name = name;
    this.#stream = stream;
    this.#environment = environment;
  }

  start(): Promise<void> {
    void this.#follow();
    return Promise.resolve();
  }

  /** Asks the stream to end. It is not waited for: a generator hears of it only when its next value comes. */
  stop(): Promise<void> {
    this.#stopping.abort();
    void this.#endStream();
    return Promise.resolve();
  }

  async #endStream(): Promise<void> {
    try {
      await this.#iterator?.return?.();
    } catch (error) {
      this.#environment.log.debug({ source: this.name, err: error }, 'a trigger stream failed while it ended');
    }
  }

  async #follow(): Promise<void> {
    const { clock, log } = this.#environment;
    const { signal } = this.#stopping;
    const backoff = new ExponentialRateLimiter({ baseMs: 500, maxMs: 60_000 });
    for (;;) {
      const startedAt = clock.monotonicNow();
      try {
        await this.#consume(typeof this.#stream === 'function' ? this.#stream({ signal }) : this.#stream, signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (typeof this.#stream !== 'function') {
          log.error(
            { source: this.name, err: error },
            'a trigger stream failed and has ended; give a function instead to have it started again',
          );
          return;
        }
        if (clock.monotonicNow() - startedAt > calmMs) backoff.forget(this.name);
        const delayMs = backoff.when(this.name);
        log.error({ source: this.name, err: error, delayMs }, 'a trigger stream failed and is started again');
        if (!(await slept(clock, delayMs, { signal }))) return;
      }
    }
  }

  async #consume(stream: AsyncIterable<ObjectKey | Trigger>, signal: AbortSignal): Promise<void> {
    const iterator = stream[Symbol.asyncIterator]();
    this.#iterator = iterator;
    for (;;) {
      const result = await iterator.next();
      if (result.done === true || signal.aborted) return;
      try {
        this.#enqueue(result.value);
      } catch (error) {
        this.#environment.log.error({ source: this.name, err: error }, 'a trigger stream gave what is no key');
      }
    }
  }

  #enqueue(value: ObjectKey | Trigger): void {
    const { key, reason, ...wishes } = asTrigger(value);
    const cause = { source: this.name, type: 'trigger', ...(reason === undefined ? {} : { reason }) } as const;
    this.#environment.enqueue(key, cause, wishes);
  }
}
