import type { CallOptions } from '../clientset/call-options.js';
import type { FailedCall } from '../errors/ecsm-client-error.js';
import { InvalidCallError } from '../errors/invalid-call-error.js';
import { formatQuery, joinSegments, type QueryValue } from '../internal/path-segments.js';
import type { RestResult } from './rest-result.js';

/** HTTP methods the platform knows. */
export const restVerbs = ['GET', 'POST', 'PUT', 'DELETE'] as const;
/** One of {@link restVerbs}. */
export type RestVerb = (typeof restVerbs)[number];

/** A request that is complete and checked. */
export interface PreparedRequest {
  readonly verb: RestVerb;
  readonly url: string;
  readonly body: unknown;
  /** Whether carrying it out twice is the same as once, so that it may be repeated when its outcome is unknown. */
  readonly repeatable: boolean;
  readonly options: CallOptions;
  /** Digest of an answer that need not be read again. */
  readonly known: string | undefined;
}

/**
 * One request to the platform, put together step by step and sent with {@link RestRequest.do}.
 *
 * @example
 * ```ts
 * const page = (await rest.get().resource('service').param('pageNum', 1).param('pageSize', 100).do()).into(decode);
 * ```
 */
export class RestRequest {
  readonly #verb: RestVerb;
  readonly #baseUrl: string;
  readonly #send: (request: PreparedRequest) => Promise<RestResult>;
  readonly #segments: string[] = [];
  readonly #params: [name: string, value: QueryValue][] = [];
  #problem: string | undefined;
  #body: unknown;
  #repeatable: boolean;
  #options: CallOptions = {};
  #known: string | undefined;

  /** @internal */
  constructor(verb: RestVerb, baseUrl: string, send: (request: PreparedRequest) => Promise<RestResult>) {
    this.#verb = verb;
    this.#baseUrl = baseUrl;
    this.#send = send;
    this.#repeatable = verb === 'GET';
  }

  /** The resource, such as `service`; several segments make a longer path. */
  resource(...segments: readonly string[]): this {
    this.#segments.push(...segments);
    return this;
  }

  /**
   * The id or name of one object; escaped, and refused when empty.
   *
   * @param reserved - words the platform gives another meaning in this place
   */
  name(name: string, reserved: readonly string[] = []): this {
    if (reserved.includes(name))
      this.#problem ??= `"${name}" in this place is another call of the platform, not a name`;
    this.#segments.push(name);
    return this;
  }

  /** What comes after the name, such as `check`. */
  subresource(...segments: readonly string[]): this {
    return this.resource(...segments);
  }

  /** A parameter of the query: left out when `undefined`, a list is sent as `name[]=a&name[]=b`. */
  param(name: string, value: QueryValue): this {
    this.#params.push([name, value]);
    return this;
  }

  /** Several parameters. */
  params(params: Readonly<Record<string, QueryValue>>): this {
    this.#params.push(...Object.entries(params));
    return this;
  }

  /** The body, sent as JSON. */
  body(body: unknown): this {
    this.#body = body;
    return this;
  }

  /** Declares that carrying the request out twice is the same as once, as it is for every GET. */
  repeatable(): this {
    this.#repeatable = true;
    return this;
  }

  /**
   * Spares reading an answer that is byte for byte the one with this {@link RestResult.digest}: the result then says that
   * it is known. The platform sends it all the same, since it knows no conditional requests.
   */
  unless(digest: string | undefined): this {
    this.#known = digest;
    return this;
  }

  /** Limits of this call. */
  options(options: CallOptions | undefined): this {
    this.#options = { ...this.#options, ...options };
    return this;
  }

  /** Requires a non-empty value, such as an id in a body; the call fails before anything is sent. */
  require(what: string, value: unknown): this {
    const empty = typeof value === 'string' ? value.trim() === '' : !(Array.isArray(value) && value.length > 0);
    if (empty)
      this.#problem ??= `${what} is ${value === undefined ? 'missing' : JSON.stringify(value)}; it must not be empty`;
    return this;
  }

  /** Refuses the request: {@link RestRequest.do} rejects with an `InvalidCallError` of this message. */
  refuse(problem: string): this {
    this.#problem ??= problem;
    return this;
  }

  /** Refuses a URL longer than `characters`; `advice` says what to do instead. */
  atMost(characters: number, advice: string): this {
    return this.url.length > characters
      ? this.refuse(`the URL has ${this.url.length} characters, more than ${characters}: ${advice}`)
      : this;
  }

  /** The address the request goes to, as far as it can be told. */
  get url(): string {
    const joined = joinSegments(this.#segments);
    const query = formatQuery(this.#params);
    const path = 'path' in joined ? joined.path : `/${this.#segments.join('/')}`;
    return `${this.#baseUrl}${path}${query === '' ? '' : `?${query}`}`;
  }

  /**
   * Sends the request.
   *
   * @throws EcsmClientError of one kind or another, or the reason of the caller's signal
   */
  async do(): Promise<RestResult> {
    const joined = joinSegments(this.#segments);
    const problem = 'problem' in joined ? joined.problem : this.#problem;
    const call: FailedCall = { method: this.#verb, url: this.url };
    if (problem !== undefined) throw new InvalidCallError(call, problem);
    return await this.#send({
      verb: this.#verb,
      url: call.url,
      body: this.#body,
      repeatable: this.#repeatable,
      options: this.#options,
      known: this.#known,
    });
  }
}
