import type { Clock } from '@ecsm/api-types';

import { NotSyncedError } from '../errors/not-synced-error.js';
import type { EventHandler, HandlerRegistration } from '../handler-registration.js';
import type { MergeableEvent } from './compact-events.js';
import { EventQueue, type EventTraits } from './event-queue.js';
import { Gate } from './gate.js';
import { Pacer } from './pacer.js';

/** One reader of an informer: its queue, its own pace, its own state of being synced. */
export class Subscription<E extends MergeableEvent> {
  readonly name: string;
  readonly queue: EventQueue<E>;
  readonly #synced = new Gate();
  readonly #onClose: () => void;
  #closed = false;
  /** Called when there is something to read, or nothing any more. */
  onChange: () => void = () => undefined;

  constructor(name: string, traits: EventTraits<E>, onClose: () => void) {
    this.name = name;
    this.queue = new EventQueue<E>(traits);
    this.#onClose = onClose;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get isSynced(): boolean {
    return this.#synced.isOpen;
  }

  push(event: E): void {
    this.queue.push(event);
    this.onChange();
  }

  markInitialEnd(): void {
    this.queue.markInitialEnd();
    // Nothing ahead, and nothing taken that is still being processed: the reader reports that itself.
    this.onChange();
  }

  /** Called by the reader when what it took has been processed. */
  processed(): void {
    if (this.queue.isPastInitial) this.#synced.open();
  }

  synced(signal: AbortSignal | undefined): Promise<void> {
    return this.#synced.wait(signal, (reason) => new NotSyncedError([this.name], { cause: reason }));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    this.#synced.bar(new NotSyncedError([this.name]));
    this.onChange();
  }
}

/** Calls a handler for each event of a subscription, one at a time. */
export class HandlerLoop<E extends MergeableEvent> implements HandlerRegistration {
  readonly #subscription: Subscription<E>;
  readonly #handler: EventHandler<E>;
  readonly #onFailure: (error: unknown, event: E) => void;
  readonly #clock: Clock;
  #running: Promise<void> | undefined;
  /** While several events wait: one that comes alone reaches its handler without a look at the clock. */
  #pacer: Pacer | undefined;

  constructor(
    subscription: Subscription<E>,
    handler: EventHandler<E>,
    onFailure: (error: unknown, event: E) => void,
    clock: Clock,
  ) {
    this.#subscription = subscription;
    this.#handler = handler;
    this.#onFailure = onFailure;
    this.#clock = clock;
    subscription.onChange = () => {
      this.#running ??= this.#run();
    };
    subscription.onChange();
  }

  get name(): string {
    return this.#subscription.name;
  }

  get isSynced(): boolean {
    return this.#subscription.isSynced;
  }

  get pending(): number {
    return this.#subscription.queue.size;
  }

  synced({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#subscription.synced(signal);
  }

  remove(): void {
    this.#subscription.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.remove();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Off the stack of whoever published the event.
    await Promise.resolve();
    for (let pause = this.#deliver(); pause !== undefined; pause = this.#deliver()) await pause;
    this.#pacer = undefined;
    this.#running = undefined;
  }

  /** Calls the handler until it has to be waited for or others are due; returns what to wait for, if anything is left. */
  #deliver(): Promise<void> | undefined {
    const subscription = this.#subscription;
    while (!subscription.isClosed) {
      // Looked at every time round: the end of the initial events may be marked while the loop takes breath.
      subscription.processed();
      if (subscription.queue.size > 1) this.#pacer ??= new Pacer(this.#clock);
      const event = subscription.queue.take();
      if (event === undefined) break;
      const pause = this.#handle(event) ?? this.#breath();
      if (pause !== undefined) return pause;
    }
    return undefined;
  }

  /** Returns what to wait for if the handler is asynchronous; does not throw or reject. */
  #handle(event: E): Promise<void> | undefined {
    try {
      const promise = this.#handler(event);
      return promise === undefined ? undefined : this.#handled(promise, event);
    } catch (error) {
      this.#onFailure(error, event);
      return undefined;
    }
  }

  async #handled(promise: PromiseLike<void>, event: E): Promise<void> {
    try {
      await promise;
    } catch (error) {
      this.#onFailure(error, event);
    }
    await this.#breath();
  }

  /** Returns the pause that others need, if they do before the next event. */
  #breath(): Promise<void> | undefined {
    if (this.#subscription.queue.size === 0) return undefined;
    this.#pacer ??= new Pacer(this.#clock);
    return this.#pacer.step() ? this.#pacer.breathe() : undefined;
  }
}
