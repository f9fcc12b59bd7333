import {
  checkOptions,
  ConflictError,
  ExpiredError,
  must,
  TooManyRequestsError,
  UnavailableError,
  type ApiObject,
  type KindDefinition,
  type OptionRules,
  type ResourceClient,
  type WatchEvent,
  type WatchOptions,
} from '@ecsm/api-types';

import type { Guard, Verb } from '../internal/guarded-clients.js';

/** Which calls a fault hits. */
export interface FaultSelection {
  /** Only calls of this kind; all kinds without it. */
  readonly kind?: Pick<KindDefinition, 'kind'>;
  /** Only calls of this method; all of reading and writing without it. */
  readonly verb?: Verb;
  /**
   * How many calls it hits before all is well again; `Infinity` until {@link Faults.clear}.
   *
   * @defaultValue `1`
   */
  readonly times?: number;
}

/** By the verb as the types know them: none is missing, and none is one too many. */
const verbs: Readonly<Record<Verb, true>> = {
  get: true,
  list: true,
  listVersions: true,
  watch: true,
  create: true,
  update: true,
  updateStatus: true,
  scale: true,
  patch: true,
  apply: true,
  delete: true,
  deleteCollection: true,
};

const rules: OptionRules<FaultSelection> = {
  kind: (kind) =>
    typeof Reflect.get(Object(kind), 'kind') === 'string' ? undefined : 'must be what defineKind({ … }) returns',
  verb: must.beOneOf(Object.keys(verbs)),
  times: (times) => (times === Infinity ? undefined : must.beWholeFrom(1)(times)),
};

interface Fault extends FaultSelection {
  readonly writesOnly: boolean;
  readonly make: (verb: Verb, kind: string) => Error;
  left: number;
}

/** How a watch is to end. */
type Ending = 'drop' | 'expire';

/**
 * Makes the calls of a test environment's controllers fail on purpose. The test's own calls are not hit.
 *
 * A selection that makes no sense is refused, since a fault that hits nothing lets a test pass that proves nothing.
 */
export class Faults implements Guard {
  readonly #faults = new Set<Fault>();
  readonly #watches = new Set<{ readonly kind: string; readonly end: (how: Ending) => void }>();

  /** The next writes lose against another writer. */
  conflict(selection: FaultSelection = {}): void {
    this.#add(selection, true, (verb, kind) => {
      return new ConflictError({ message: `${verb} of ${kind}: somebody else has changed the object (injected)` });
    });
  }

  /** The next calls are turned away with 429. */
  tooManyRequests(selection: FaultSelection = {}): void {
    this.#add(selection, false, (verb, kind) => {
      return new TooManyRequestsError({ message: `${verb} of ${kind}: too many requests (injected)` });
    });
  }

  /** The next calls find the store unavailable. */
  unavailable(selection: FaultSelection = {}): void {
    this.#add(selection, false, (verb, kind) => {
      return new UnavailableError({ message: `${verb} of ${kind}: the store is not available (injected)` });
    });
  }

  /** Ends the watches that are open, as a restarted server would. */
  dropWatches(kind?: Pick<KindDefinition, 'kind'>): void {
    this.#endWatches('drop', kind);
  }

  /** Ends the watches that are open with "expired": what they missed is no longer kept. */
  expireWatches(kind?: Pick<KindDefinition, 'kind'>): void {
    this.#endWatches('expire', kind);
  }

  /** Takes back all faults that are still to come. */
  clear(): void {
    this.#faults.clear();
  }

  /** @internal */
  beforeRead(verb: Verb, kind: string): void {
    this.#strike(verb, kind, false);
  }

  /** @internal */
  beforeWrite(verb: Verb, kind: string): void {
    this.#strike(verb, kind, true);
  }

  /** @internal */
  async *watch<T extends ApiObject>(
    client: ResourceClient<T>,
    options: WatchOptions = {},
  ): AsyncGenerator<WatchEvent<T>> {
    const cut = new AbortController();
    let ending: Ending | undefined;
    const entry = {
      kind: client.kind.kind,
      end: (how: Ending) => {
        ending = how;
        cut.abort();
      },
    };
    const onAbort = (): void => {
      cut.abort();
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted) onAbort();
    this.#watches.add(entry);
    try {
      yield* client.watch({ ...options, signal: cut.signal });
    } catch (error) {
      if (ending === undefined) throw error;
    } finally {
      this.#watches.delete(entry);
      options.signal?.removeEventListener('abort', onAbort);
    }
    if (ending === 'expire') throw new ExpiredError({ message: `the watch of ${entry.kind} has expired (injected)` });
  }

  #add(selection: FaultSelection, writesOnly: boolean, make: Fault['make']): void {
    checkOptions('a fault', selection, rules);
    this.#faults.add({ ...selection, writesOnly, make, left: selection.times ?? 1 });
  }

  #strike(verb: Verb, kind: string, isWrite: boolean): void {
    for (const fault of this.#faults) {
      if (fault.writesOnly && !isWrite) continue;
      if (fault.verb !== undefined && fault.verb !== verb) continue;
      if (fault.kind !== undefined && fault.kind.kind !== kind) continue;
      if (--fault.left <= 0) this.#faults.delete(fault);
      throw fault.make(verb, kind);
    }
  }

  #endWatches(how: Ending, kind: Pick<KindDefinition, 'kind'> | undefined): void {
    if (kind !== undefined) checkOptions('a fault', { kind }, rules);
    for (const watch of this.#watches) if (kind === undefined || kind.kind === watch.kind) watch.end(how);
  }
}
