import { ConnectionFailedError, OutcomeUnknownError, type Clientset } from '@ecsm/ecsm-client';

/** What may happen to a call. */
export type CallFault =
  /** It never reaches the platform. */
  | 'unreached'
  /** It is carried out, and the answer is lost. */
  | 'unanswered';

/** Decides what happens to a call. */
export type FaultDice = (method: string) => CallFault | undefined;

const call = (method: string) => ({ method, url: 'test' });

function unreached(method: string): ConnectionFailedError {
  return new ConnectionFailedError(call(method), 'ECONNREFUSED', 'refused by the test');
}

/** Wraps a clientset: counts what is under way, keeps a log of calls, and loses calls and answers on demand. */
export class CountingClientset {
  /** Calls under way. */
  pending = 0;
  /** How often each method was called, lists by page. */
  readonly counts = new Map<string, number>();
  dice: FaultDice = () => undefined;
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
        if (property === 'all')
          return (...args: unknown[]) => this.#stream(name, () => value.apply(inner, args) as AsyncIterable<unknown>);
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
      const result = await run();
      if (fault === 'unanswered') throw new OutcomeUnknownError(call(name), unreached(name));
      return result;
    } finally {
      this.pending--;
    }
  }

  async *#stream(name: string, run: () => AsyncIterable<unknown>): AsyncGenerator {
    this.counts.set(name, this.count(name) + 1);
    if (this.dice(name) !== undefined) throw unreached(name);
    const iterator = run()[Symbol.asyncIterator]();
    for (;;) {
      this.pending++;
      try {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      } finally {
        this.pending--;
      }
    }
  }
}
