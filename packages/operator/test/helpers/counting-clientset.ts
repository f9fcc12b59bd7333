import { ConnectionFailedError, OutcomeUnknownError, type Clientset } from '@ecsm/ecsm-client';

/** What may happen to a call. */
export type CallFault =
  /** It never reaches the platform. */
  | 'unreached'
  /** It is carried out, and the answer is lost. */
  | 'unanswered'
  /** It waits in {@link CountingClientset.late}, and nobody knows. */
  | 'late';

/** Decides what happens to a call. */
export type FaultDice = (method: string) => CallFault | undefined;

const call = (method: string) => ({ method, url: 'test' });

/** Whether a method only reads, so that nothing is uncertain when its answer is lost. */
export function isRead(method: string): boolean {
  return /\.(all\w*|ofAll\w*|get|list\w*|config|status)$/.test(method);
}

function isFiltered([filter]: readonly unknown[]): boolean {
  return typeof filter === 'object' && filter !== null && Object.keys(filter).length > 0;
}

function unreached(method: string): ConnectionFailedError {
  return new ConnectionFailedError(call(method), 'ECONNREFUSED', 'refused by the test');
}

/** Wraps a clientset: counts what is under way, keeps a log of calls, and loses calls and answers on demand. */
export class CountingClientset {
  /** Calls under way. */
  pending = 0;
  /** How often each method was called, lists by page. */
  readonly counts = new Map<string, number>();
  /** Complete looks at the list of services. */
  lists = 0;
  dice: FaultDice = () => undefined;
  /** Told of every call that reaches the platform; what it returns is called when the platform has done it. */
  around: (method: string) => (() => void) | undefined = () => undefined;
  /** Calls on their way, to be carried out by whoever calls them. */
  readonly late: (() => Promise<unknown>)[] = [];
  readonly clientset: Clientset;

  constructor(inner: Clientset) {
    this.clientset = this.#wrap(inner, '') as Clientset;
  }

  count(method: string): number {
    return this.counts.get(method) ?? 0;
  }

  /** Calls that change something on the platform. */
  get writes(): number {
    return ['create', 'update', 'delete', 'act', 'destroy', 'redeploy']
      .map((verb) => this.count(`services.${verb}`))
      .reduce((sum, count) => sum + count, 0);
  }

  #wrap(target: object, path: string): object {
    return new Proxy(target, {
      get: (inner, property) => {
        const value: unknown = Reflect.get(inner, property);
        if (typeof property !== 'string') return value;
        const name = path === '' ? property : `${path}.${property}`;
        if (typeof value === 'object' && value !== null) return this.#wrap(value, name);
        if (typeof value !== 'function') return value;
        if (property === 'close') return value.bind(inner) as unknown;
        if (/^(all|ofAll)/.test(property))
          return (...args: unknown[]) =>
            this.#stream(name, isFiltered(args), () => value.apply(inner, args) as AsyncIterable<unknown>);
        return (...args: unknown[]) => this.#call(name, () => value.apply(inner, args) as Promise<unknown>);
      },
    });
  }

  async #call(name: string, run: () => Promise<unknown>): Promise<unknown> {
    this.counts.set(name, this.count(name) + 1);
    this.pending++;
    try {
      const fault = this.dice(name);
      if (fault === 'unreached') throw unreached(name);
      if (fault === 'late') {
        this.late.push(() => this.#carryOut(name, run));
        throw new OutcomeUnknownError(call(name), unreached(name));
      }
      const result = await this.#carryOut(name, run);
      if (fault === 'unanswered') throw new OutcomeUnknownError(call(name), unreached(name));
      return result;
    } finally {
      this.pending--;
    }
  }

  async #carryOut(name: string, run: () => Promise<unknown>): Promise<unknown> {
    const done = this.around(name);
    this.pending++;
    try {
      const result = await run();
      done?.();
      return result;
    } finally {
      this.pending--;
    }
  }

  async *#stream(name: string, filtered: boolean, run: () => AsyncIterable<unknown>): AsyncGenerator {
    this.counts.set(name, this.count(name) + 1);
    if (this.dice(name) !== undefined) throw unreached(name);
    const iterator = run()[Symbol.asyncIterator]();
    for (;;) {
      this.pending++;
      try {
        const next = await iterator.next();
        if (next.done === true) {
          if (name === 'services.all' && !filtered) this.lists++;
          return;
        }
        yield next.value;
      } finally {
        this.pending--;
      }
    }
  }
}
