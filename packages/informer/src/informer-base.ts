import { checkOptions, must, sharedAbortController, showBriefly, type Clock, type OptionRules } from '@ecsm/api-types';

import { InformerStoppedError } from './errors/informer-stopped-error.js';
import { NotSyncedError } from './errors/not-synced-error.js';
import type { EventHandler, HandlerOptions, HandlerRegistration } from './handler-registration.js';
import { Broadcast } from './internal/broadcast.js';
import type { MergeableEvent } from './internal/compact-events.js';
import type { EventTraits } from './internal/event-queue.js';
import { Gate } from './internal/gate.js';
import { quietly } from './internal/quietly.js';

const handlerRules: OptionRules<HandlerOptions> = {
  name: must.beText,
  syncPeriodMs: must.beAtLeast(0),
  skipOwnWrites: must.beBoolean,
};

/** What every kind of informer is made of. */
export interface InformerParts<E> {
  readonly name: string;
  readonly clock: Clock;
  readonly traits: EventTraits<E>;
  readonly onError: ((error: Error) => void) | undefined;
  readonly onHandlerFailed: ((handler: string) => void) | undefined;
}

/**
 * The life of an informer and its readers; what it listens to is up to {@link Informer} and {@link PolledInformer}.
 *
 * @typeParam E - the events
 */
export abstract class InformerBase<E extends MergeableEvent> implements AsyncDisposable {
  readonly name: string;
  protected readonly clock: Clock;
  readonly #broadcast: Broadcast<E>;
  readonly #onError: ((error: Error) => void) | undefined;
  readonly #synced = new Gate();
  readonly #stopping = sharedAbortController();
  #running: Promise<void> | undefined;

  protected constructor({ name, clock, traits, onError, onHandlerFailed }: InformerParts<E>) {
    this.name = name;
    this.clock = clock;
    this.#onError = onError;
    this.#broadcast = new Broadcast<E>({
      informer: name,
      clock,
      traits,
      known: (type) => this.known(type),
      onHandlerFailure: (error) => {
        quietly(() => onHandlerFailed?.(error.handler));
        this.reportError(error);
      },
    });
  }

  /** Listens to the source until the signal aborts; must not reject. */
  protected abstract listen(signal: AbortSignal): Promise<void>;

  /** What exists now, as events for a reader. */
  protected abstract known(type: 'added' | 'sync'): Iterable<E>;

  /** Whether the first state has been taken in. Handlers may still be busy with it: see {@link HandlerRegistration}. */
  get isSynced(): boolean {
    return this.#synced.isOpen;
  }

  /** Whether the informer has been stopped. */
  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /**
   * Begins to listen to the source. Does nothing the second time.
   *
   * @throws InformerStoppedError when the informer has been stopped
   */
  start(): void {
    if (this.isStopped) throw new InformerStoppedError(this.name);
    this.#running ??= this.listen(this.#stopping.signal);
  }

  /** Starts, and stops when the signal aborts; resolves when it has stopped. */
  async run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const stop = (): void => void this.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (signal.aborted) stop();
      else this.start();
      await this.#running;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends listening, removes every handler and ends every loop over events. Does nothing the second time. */
  async stop(): Promise<void> {
    const reason = new InformerStoppedError(this.name);
    this.#stopping.abort(reason);
    this.#synced.bar(new NotSyncedError([this.name], { cause: reason }));
    this.#broadcast.close();
    await this.#running;
  }

  /** The same as {@link InformerBase.stop}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Resolves when the first state has been taken in.
   *
   * @throws NotSyncedError naming the informer, when the signal aborts or the informer stops first
   */
  synced({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#synced.wait(signal, (reason) => new NotSyncedError([this.name], { cause: reason }));
  }

  /**
   * Adds a handler, at any time; the same function may be added twice. It first gets everything that exists as `added`
   * with `initial`.
   *
   * @throws InformerStoppedError when the informer has been stopped
   * @throws TypeError or RangeError for what is no handler, or an option that makes no sense
   */
  addHandler(handler: EventHandler<E>, options: HandlerOptions = {}): HandlerRegistration {
    return this.attach(handler, options);
  }

  /**
   * The events as an iterable, beginning with everything that exists. Ending the loop frees everything; the loop ends by
   * itself when the signal aborts or the informer stops.
   *
   * @throws InformerStoppedError when the informer has been stopped before
   */
  async *events({ signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<E, void, undefined> {
    for await (const [event] of this.#broadcast.batches(1, signal)) if (event !== undefined) yield event;
  }

  /**
   * The events in batches: at most `limit`, no two of one key, and either all initial or none.
   *
   * @throws InformerStoppedError when the informer has been stopped before
   */
  batches(options: { readonly limit: number; readonly signal?: AbortSignal | undefined }): AsyncIterable<readonly E[]> {
    return this.#broadcast.batches(options.limit, options.signal);
  }

  /** Adds a handler that gets only the events it accepts. */
  protected attach(
    handler: EventHandler<E>,
    options: HandlerOptions,
    accepts?: (event: E) => boolean,
  ): HandlerRegistration {
    const who = `a handler of informer "${this.name}"`;
    if (typeof handler !== 'function') throw new TypeError(`${who} must be a function, got ${showBriefly(handler)}`);
    checkOptions(who, options, handlerRules);
    const { name, syncPeriodMs } = options;
    return this.#broadcast.addHandler(handler, { name, syncPeriodMs, accepts });
  }

  /** Hands an event to every reader. */
  protected publish(event: E): void {
    this.#broadcast.publish(event);
  }

  /** The first state is complete; does nothing the second time. */
  protected markSynced(): void {
    if (this.#synced.isOpen) return;
    this.#synced.open();
    this.#broadcast.markInitialEnd();
  }

  /** Tells the listener for errors, if there is one. */
  protected reportError(error: Error): void {
    quietly(() => this.#onError?.(error));
  }
}
