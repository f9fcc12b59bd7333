import type { Clock } from '@ecsm/api-types';

import { HandlerFailedError } from '../errors/handler-failed-error.js';
import { InformerStoppedError } from '../errors/informer-stopped-error.js';
import type { EventHandler, HandlerRegistration } from '../handler-registration.js';
import type { MergeableEvent } from './compact-events.js';
import type { EventTraits } from './event-queue.js';
import { HandlerLoop, Subscription } from './subscription.js';

/** What a {@link Broadcast} needs of its informer. */
export interface BroadcastContext<E> {
  readonly informer: string;
  readonly traits: EventTraits<E>;
  readonly clock: Clock;
  /** What exists now: as initial `added` events for a reader that joins, or as `sync` events. */
  readonly known: (type: 'added' | 'sync') => Iterable<E>;
  readonly onHandlerFailure: (error: HandlerFailedError) => void;
}

/** What a reader asks for. */
export interface SubscribeOptions<E> {
  readonly name?: string | undefined;
  readonly syncPeriodMs?: number | undefined;
  readonly accepts?: ((event: E) => boolean) | undefined;
}

interface Reader<E extends MergeableEvent> {
  readonly subscription: Subscription<E>;
  readonly accepts: ((event: E) => boolean) | undefined;
}

/** Passes the events of an informer to its readers, each at its own pace. */
export class Broadcast<E extends MergeableEvent> {
  readonly #context: BroadcastContext<E>;
  readonly #readers = new Set<Reader<E>>();
  #named = 0;
  #hasInitial = false;
  #closed = false;

  constructor(context: BroadcastContext<E>) {
    this.#context = context;
  }

  publish(event: E): void {
    for (const { subscription, accepts } of this.#readers) {
      if (accepts === undefined || accepts(event)) subscription.push(event);
    }
  }

  /** The initial state has been published completely. */
  markInitialEnd(): void {
    this.#hasInitial = true;
    for (const { subscription } of this.#readers) subscription.markInitialEnd();
  }

  close(): void {
    this.#closed = true;
    for (const { subscription } of [...this.#readers]) subscription.close();
  }

  addHandler(handler: EventHandler<E>, options: SubscribeOptions<E>): HandlerRegistration {
    const { clock, traits, informer } = this.#context;
    const subscription = this.#subscribe(options, 'handler');
    return new HandlerLoop<E>(
      subscription,
      handler,
      (error, event) =>
        this.#context.onHandlerFailure(new HandlerFailedError(informer, subscription.name, traits.keyOf(event), error)),
      clock,
    );
  }

  /** The batches a reader takes at its own pace; ends when the signal aborts or the informer stops. */
  async *batches(
    limit: number,
    signal: AbortSignal | undefined,
    options: SubscribeOptions<E> = {},
  ): AsyncGenerator<readonly E[], void, undefined> {
    const subscription = this.#subscribe(options, 'reader');
    const close = (): void => subscription.close();
    signal?.addEventListener('abort', close, { once: true });
    if (signal?.aborted) close();
    try {
      subscription.processed();
      while (!subscription.isClosed) {
        const batch = subscription.queue.takeBatch(limit);
        if (batch.length > 0) {
          yield batch;
        } else {
          await new Promise<void>((resolve) => (subscription.onChange = resolve));
          subscription.onChange = () => undefined;
        }
        subscription.processed();
      }
    } finally {
      signal?.removeEventListener('abort', close);
      close();
    }
  }

  #subscribe({ name, syncPeriodMs = 0, accepts }: SubscribeOptions<E>, role: string): Subscription<E> {
    const { informer, traits, clock, known } = this.#context;
    if (this.#closed) throw new InformerStoppedError(informer);
    const subscription = new Subscription<E>(name ?? `${role} ${++this.#named} of ${informer}`, traits, () => {
      this.#readers.delete(reader);
      timer?.cancel();
    });
    const reader = { subscription, accepts };
    this.#readers.add(reader);
    for (const event of known('added')) subscription.push(event);
    if (this.#hasInitial) subscription.markInitialEnd();
    const sync = (): void => {
      timer = clock.setTimer(sync, syncPeriodMs, { keepAlive: false });
      const pending = subscription.queue.pendingKeys();
      for (const event of known('sync')) if (!pending.has(traits.keyOf(event))) subscription.push(event);
    };
    let timer = syncPeriodMs > 0 ? clock.setTimer(sync, syncPeriodMs, { keepAlive: false }) : undefined;
    return subscription;
  }
}
