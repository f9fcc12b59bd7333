import {
  formatKey,
  parseKey,
  sharedAbortController,
  type ApiObject,
  type ObjectKey,
  type Stored,
} from '@ecsm/api-types';
import type { HandlerRegistration, InformerEvent } from '@ecsm/informer';

import type { KindSource, Mapper, SourceOptions } from '../controller-builder.js';
import type { Feed } from '../internal/feed.js';
import { Retries } from '../internal/retries.js';
import { askMapper } from './ask-mapper.js';
import { Fingerprints } from './fingerprints.js';
import { allOf, changed, type Predicate } from './predicate.js';
import { readObject } from './read-object.js';
import type { SourceEvent } from './source-event.js';
import type { Source, SourceEnvironment, SourceFactory } from './source.js';
import { lowPriority, type Cause, type Trigger } from './trigger.js';

/** A source that follows the objects of a kind; without a mapper each object stands for its own key. */
export function kindSource<T extends ApiObject>(
  source: KindSource<T>,
  mapper: Mapper<T> | undefined,
  options: SourceOptions<T> = {},
): SourceFactory {
  const predicates = [...(options.predicates ?? []), ...(options.changed ? [changed(...options.changed)] : [])];
  const predicate = predicates.length === 0 ? undefined : allOf(...predicates);
  return (environment) => new InformedSource(source, mapper, predicate, options, environment);
}

/** What else there is to know of an object that was mapped. */
interface Mapping {
  readonly gone: boolean;
  readonly cause: Cause;
  /** Of keys that name none. */
  readonly priority: number;
}

class InformedSource<T extends ApiObject> implements Source {
  readonly name: string;
  readonly #mapper: Mapper<T> | undefined;
  readonly #predicate: Predicate<T> | undefined;
  readonly #fingerprints: Fingerprints;
  readonly #environment: SourceEnvironment;
  readonly #feed: Feed<T>;
  readonly #stopping = sharedAbortController();
  /** The keys each object led to when it was mapped last: those an object that is gone or has turned away concerns. */
  readonly #mapped = new Map<string, readonly string[]>();
  readonly #retries: Retries<string>;
  /** The attempts under way to map an object again. A newer event takes its object's out: the answer counts no more. */
  readonly #attempts = new Map<string, symbol>();
  /** The last states of objects that are gone and whose mapping failed. */
  readonly #lastStates = new Map<string, Stored<T>>();
  #registration: HandlerRegistration | undefined;

  constructor(
    source: KindSource<T>,
    mapper: Mapper<T> | undefined,
    predicate: Predicate<T> | undefined,
    options: Pick<SourceOptions<T>, 'labelSelector' | 'namespace'>,
    environment: SourceEnvironment,
  ) {
    this.name = 'list' in source ? source.kind.kind : source.kind;
    this.#mapper = mapper;
    this.#environment = environment;
    this.#predicate = predicate;
    this.#fingerprints = new Fingerprints(predicate?.aspects ?? []);
    this.#retries = new Retries(environment.clock, (name) => this.#mapAgain(name));
    this.#feed = environment.informers.feed(source, {
      labelSelector: options.labelSelector,
      namespace: options.namespace,
      resyncPeriodMs: environment.resyncPeriodMs,
      listObjects: mapper !== undefined || this.#fingerprints.needObjects,
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    const { signal: stopping } = this.#stopping;
    if (stopping.aborted) return;
    this.#registration = this.#feed.subscribe(
      (event) => this.#handle(event),
      `${this.#environment.controller}/${this.name}`,
    );
    await this.#registration.synced({ signal });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#retries.stop();
    await this.#registration?.[Symbol.asyncDispose]();
    await this.#feed.release();
  }

  /** Asynchronous only where there is a mapper: thousands of objects at a start need no promise each. */
  #handle(event: InformerEvent<T>): Promise<void> | undefined {
    if (event.type === 'sync') return undefined;
    const { key, object } = event;
    const initial = event.type === 'added' && event.initial;
    const byComparison = event.origin === 'resync' || event.origin === 'relist';
    const differing = this.#fingerprints.update(key, event.version.generation, object);
    if (event.type === 'deleted') this.#fingerprints.forget(key);
    const cause: Cause = {
      source: this.name,
      type: byComparison ? 'resync' : event.type,
      resourceVersion: event.version.resourceVersion,
      ...(this.#mapper === undefined ? {} : { object: key }),
    };
    const seen: SourceEvent<T> = { type: event.type, key, initial, changed: differing, ...(object && { object }) };
    if (!byComparison && !this.#passes(seen)) return undefined;
    const priority = initial || byComparison ? lowPriority : 0;
    if (this.#mapper === undefined) {
      this.#environment.enqueue(key, cause, { priority });
      return undefined;
    }
    return this.#mapFirst(this.#mapper, event, cause, priority);
  }

  /** A predicate that fails has not said no, and a change must not be lost. */
  #passes(event: SourceEvent<T>): boolean {
    try {
      return this.#predicate?.test(event) !== false;
    } catch (error) {
      this.#environment.log.error(
        { source: this.name, object: formatKey(event.key), err: error },
        'a predicate failed, and its event counts as one of interest',
      );
      return true;
    }
  }

  async #mapFirst(
    mapper: Mapper<T>,
    { type, key, object }: InformerEvent<T>,
    cause: Cause,
    priority: number,
  ): Promise<void> {
    const name = formatKey(key);
    this.#retries.cancel(name);
    this.#attempts.delete(name);
    this.#lastStates.delete(name);
    try {
      const triggers = await this.#ask(mapper, name, object, type === 'deleted');
      this.#follow(name, triggers, { gone: type === 'deleted', cause, priority });
    } catch (error) {
      if (type === 'deleted' && object !== undefined) this.#lastStates.set(name, object);
      this.#mappingFailed(name, error);
    }
  }

  /** What an object leads to, as it was given or else is now; nothing where no state of it is known. */
  async #ask(
    mapper: Mapper<T>,
    name: string,
    given: Stored<T> | undefined,
    gone: boolean,
  ): Promise<readonly Trigger[]> {
    const { signal } = this.#stopping;
    const object = given ?? (gone ? undefined : await readObject(this.#feed.listWatch, parseKey(name), signal));
    return object === undefined ? [] : askMapper(mapper, object, this.#environment, signal);
  }

  /** Runs the keys an object leads to, and those it led to before. */
  #follow(name: string, triggers: readonly Trigger[], { gone, cause, priority }: Mapping): void {
    if (this.#stopping.signal.aborted) return;
    const named = new Map<string, ObjectKey>();
    for (const { key, reason, ...wishes } of triggers) {
      named.set(formatKey(key), key);
      this.#environment.enqueue(key, reason === undefined ? cause : { ...cause, reason }, {
        ...wishes,
        priority: wishes.priority ?? priority,
      });
    }
    for (const before of this.#mapped.get(name) ?? []) {
      if (!named.has(before)) this.#environment.enqueue(parseKey(before), cause, { priority });
    }
    if (gone || named.size === 0) this.#mapped.delete(name);
    else this.#mapped.set(name, [...named.keys()]);
    this.#retries.forget(name);
  }

  #mappingFailed(name: string, error: unknown): void {
    const { log } = this.#environment;
    if (this.#stopping.signal.aborted) return;
    const delayMs = this.#retries.retry(name);
    log.error(
      { source: this.name, object: name, err: error, delayMs },
      'finding out which keys an object concerns failed and is tried again',
    );
  }

  async #mapAgain(name: string): Promise<void> {
    if (this.#mapper === undefined) return;
    const attempt = Symbol(name);
    this.#attempts.set(name, attempt);
    const lastState = this.#lastStates.get(name);
    const gone = lastState !== undefined;
    const cause: Cause = { source: this.name, type: gone ? 'deleted' : 'modified', object: parseKey(name) };
    try {
      const triggers = await this.#ask(this.#mapper, name, lastState, gone);
      if (this.#attempts.get(name) !== attempt) return;
      this.#follow(name, triggers, { gone, cause, priority: 0 });
      this.#attempts.delete(name);
      this.#lastStates.delete(name);
    } catch (error) {
      if (this.#attempts.get(name) === attempt) this.#mappingFailed(name, error);
    }
  }
}
