import type { Clientset } from '../clientset/clientset.js';

/** Resources of a {@link Clientset}. */
export type FakeResource = Exclude<keyof Clientset, 'close' | typeof Symbol.asyncDispose>;

/** A method of a {@link Clientset}, such as `services.get`. */
export type FakeMethod = { [R in FakeResource]: `${R}.${keyof Clientset[R] & string}` }[FakeResource];

type MethodOf<M extends FakeMethod> = M extends `${infer R extends FakeResource}.${infer K}`
  ? K extends keyof Clientset[R]
    ? Clientset[R][K]
    : never
  : never;

type Args<M extends FakeMethod> = MethodOf<M> extends (...args: infer A) => unknown ? A : never;

/** What a method results in: the value of its promise, or the rows of its stream. */
export type FakeResult<M extends FakeMethod> =
  MethodOf<M> extends (...args: never[]) => infer Result
    ? Result extends Promise<infer Value>
      ? Value
      : Result extends AsyncIterable<infer Row>
        ? readonly Row[] | AsyncIterable<Row>
        : never
    : never;

/** A result, or what computes it from the arguments of the call. */
export type FakeAnswer<M extends FakeMethod> =
  FakeResult<M> | ((...args: Args<M>) => FakeResult<M> | Promise<FakeResult<M>>);

/** A call that was made. */
export interface FakeCall {
  readonly method: FakeMethod;
  readonly args: readonly unknown[];
}

type Script = (args: readonly unknown[]) => unknown;

/**
 * A {@link Clientset} without a platform: it records calls and answers as scripted.
 *
 * A call without a script is rejected with an error that says so: a test states what it relies on.
 *
 * @example
 * ```ts
 * const ecsm = new FakeClientset();
 * ecsm.answer('services.all', [row]).failOnce('services.create', new Error('lost'));
 * await reconcile(ecsm);
 * expect(ecsm.callsTo('services.create')).toHaveLength(1);
 * ```
 */
export class FakeClientset implements Clientset {
  readonly #standing = new Map<FakeMethod, Script>();
  readonly #once = new Map<FakeMethod, Script[]>();
  readonly #calls: FakeCall[] = [];
  #closed = false;

  readonly services = this.#resource('services');
  readonly containers = this.#resource('containers');
  readonly nodes = this.#resource('nodes');
  readonly images = this.#resource('images');
  readonly registries = this.#resource('registries');
  readonly templates = this.#resource('templates');
  readonly records = this.#resource('records');
  readonly configMaps = this.#resource('configMaps');
  readonly microServices = this.#resource('microServices');
  readonly overview = this.#resource('overview');

  /** Every call made so far, in order. */
  get calls(): readonly FakeCall[] {
    return this.#calls;
  }

  /** Whether {@link FakeClientset.close} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The arguments of every call to one method, in order. */
  callsTo<M extends FakeMethod>(method: M): readonly Args<M>[] {
    // Recorded by the method of this very name.
    return this.#calls.filter((call) => call.method === method).map((call) => call.args as Args<M>);
  }

  /** Answers every call to a method, until scripted otherwise. */
  answer<M extends FakeMethod>(method: M, answer: FakeAnswer<M>): this {
    this.#standing.set(method, toScript(answer));
    return this;
  }

  /** Answers the next call to a method; several are used up in order, before the standing answer. */
  answerOnce<M extends FakeMethod>(method: M, answer: FakeAnswer<M>): this {
    this.#push(method, toScript(answer));
    return this;
  }

  /** Fails every call to a method, until scripted otherwise. */
  fail(method: FakeMethod, error: Error): this {
    this.#standing.set(method, toFailure(error));
    return this;
  }

  /** Fails the next call to a method. */
  failOnce(method: FakeMethod, error: Error): this {
    this.#push(method, toFailure(error));
    return this;
  }

  /** Forgets the calls, keeps the scripts. */
  forgetCalls(): void {
    this.#calls.length = 0;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #push(method: FakeMethod, script: Script): void {
    const scripts = this.#once.get(method) ?? [];
    scripts.push(script);
    this.#once.set(method, scripts);
  }

  #resource<R extends FakeResource>(resource: R): Clientset[R] {
    return new Proxy({} as Clientset[R], {
      get: (_target, name) => {
        // A promise that resolves to a resource must not find a `then` on it.
        if (typeof name !== 'string' || name === 'then') return undefined;
        const method = `${resource}.${name}` as FakeMethod;
        return (...args: unknown[]) =>
          /^(all|ofAll)/.test(name) ? this.#stream(method, args) : this.#perform(method, args);
      },
    });
  }

  async #perform(method: FakeMethod, args: readonly unknown[]): Promise<unknown> {
    this.#calls.push({ method, args });
    for (const argument of args) {
      if (typeof argument !== 'object' || argument === null || !('signal' in argument)) continue;
      if (argument.signal instanceof AbortSignal) argument.signal.throwIfAborted();
    }
    const script = this.#once.get(method)?.shift() ?? this.#standing.get(method);
    if (script === undefined) {
      throw new Error(`FakeClientset has no answer to ${method}; script one with answer('${method}', …)`);
    }
    return await script(args);
  }

  async *#stream(method: FakeMethod, args: readonly unknown[]): AsyncGenerator<unknown, void, undefined> {
    yield* (await this.#perform(method, args)) as Iterable<unknown> | AsyncIterable<unknown>;
  }
}

function toScript<M extends FakeMethod>(answer: FakeAnswer<M>): Script {
  if (typeof answer !== 'function') return () => answer;
  const compute = answer as (...args: readonly unknown[]) => unknown;
  return (args) => compute(...args);
}

function toFailure(error: Error): Script {
  return () => Promise.reject(error);
}
