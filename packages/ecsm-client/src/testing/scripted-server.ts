import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';

import { envelopeOf, giveAnswer, type RawReply, type ScriptedAnswer } from './scripted-answer.js';

/** A request as a {@link ScriptedServer} received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path below the API root, not decoded, such as `/service/a%2Fb`. */
  readonly path: string;
  /** Decoded parameters in the order they came. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: IncomingMessage['headers'];
  /** The body as JSON, or as text where it is none; `undefined` where there is none. */
  readonly body: unknown;
}

/** What a request must look like beyond method and path. */
export interface RequestPattern {
  /** All parameters, in any order; lists under their name with brackets, such as `ids[]`. Any query when left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** The body, deeply equal. Any body when left out. */
  readonly body?: unknown;
}

/** A request that is expected, and its answer. */
export class Expectation {
  readonly #describe: string;
  readonly #matches: (request: ReceivedRequest) => boolean;
  #answer: ScriptedAnswer | ((request: ReceivedRequest) => ScriptedAnswer) = { kind: 'hang' };
  #remaining: number;
  readonly #standing: boolean;

  /** @internal */
  constructor(describe: string, matches: (request: ReceivedRequest) => boolean, standing: boolean) {
    this.#describe = describe;
    this.#matches = matches;
    this.#standing = standing;
    this.#remaining = standing ? Infinity : 1;
  }

  /** Answers with the platform's envelope around `data`. */
  reply(data: unknown): this {
    return this.replyRaw({ body: JSON.stringify(envelopeOf(data)) });
  }

  /** Answers with an error envelope, by default in a successful HTTP answer, as one of the platform's programs shows. */
  refuse(
    status: number,
    message: string,
    details: { readonly httpStatus?: number; readonly fieldErrors?: unknown } = {},
  ): this {
    const { httpStatus = 200, fieldErrors = null } = details;
    return this.replyRaw({ status: httpStatus, body: JSON.stringify({ status, message, data: null, fieldErrors }) });
  }

  /** Answers byte for byte. */
  replyRaw(reply: RawReply): this {
    return this.answer({ kind: 'reply', ...reply });
  }

  /** Breaks the connection without an answer. */
  drop(): this {
    return this.answer({ kind: 'drop' });
  }

  /** Never answers. */
  hang(): this {
    return this.answer({ kind: 'hang' });
  }

  /** Answers in any way, also computed from the request. */
  answer(answer: ScriptedAnswer | ((request: ReceivedRequest) => ScriptedAnswer)): this {
    this.#answer = answer;
    return this;
  }

  /** Expects the request so many times. */
  times(count: number): this {
    this.#remaining = count;
    return this;
  }

  /** @internal */
  take(request: ReceivedRequest): ScriptedAnswer | undefined {
    if (this.#remaining <= 0 || !this.#matches(request)) return undefined;
    this.#remaining--;
    return typeof this.#answer === 'function' ? this.#answer(request) : this.#answer;
  }

  /** @internal */
  get missing(): string | undefined {
    return this.#standing || this.#remaining === 0 ? undefined : `${this.#describe} (${this.#remaining} more)`;
  }
}

/**
 * An HTTP server that plays the ECSM platform by a script and checks the calls it expected.
 *
 * @example
 * ```ts
 * await using server = await ScriptedServer.start();
 * server.expect('GET', '/service', { query: { pageNum: 1, pageSize: 100 } }).reply(pageOf([]));
 * await using ecsm = createClientset({ baseUrl: server.baseUrl });
 * await collect(ecsm.services.all());
 * server.verify();
 * ```
 */
export class ScriptedServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #root: string;
  readonly #expectations: Expectation[] = [];
  readonly #standing: Expectation[] = [];
  readonly #requests: ReceivedRequest[] = [];
  readonly #unexpected: string[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, root: string) {
    this.#server = server;
    this.#root = root;
  }

  /** Starts a server on a free port of this machine; `root` is the path the API hangs below. */
  static async start({ root = '/api/v1' }: { readonly root?: string } = {}): Promise<ScriptedServer> {
    const server = createServer();
    const scripted = new ScriptedServer(server, root);
    server.on('connection', (socket: Socket) => {
      scripted.#sockets.add(socket);
      socket.once('close', () => scripted.#sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => giveAnswer(scripted.#receive(request, Buffer.concat(chunks).toString()), response));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return scripted;
  }

  /** Address for a client, without the API root unless that is an unusual one. */
  get baseUrl(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${this.#root === '/api/v1' ? '' : this.#root}`;
  }

  /** Every request so far, in order. */
  get requests(): readonly ReceivedRequest[] {
    return this.#requests;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Expects a request once (path `*` is any); its answer is what is called on the result. Expectations may be met in any order. */
  expect(method: string, path: string, pattern: RequestPattern = {}): Expectation {
    const expectation = createExpectation(method, path, pattern, false);
    this.#expectations.push(expectation);
    return expectation;
  }

  /** Answers a request any number of times, also never; expectations come first, later calls before earlier ones. */
  always(method: string, path: string, pattern: RequestPattern = {}): Expectation {
    const expectation = createExpectation(method, path, pattern, true);
    this.#standing.unshift(expectation);
    return expectation;
  }

  /** Throws unless every expected request came and no other did. */
  verify(): void {
    const missing = this.#expectations.flatMap((expectation) => expectation.missing ?? []);
    const problems = [
      ...missing.map((description) => `missing: ${description}`),
      ...this.#unexpected.map((description) => `unexpected: ${description}`),
    ];
    if (problems.length > 0)
      throw new Error(`the scripted server saw other calls than expected\n${problems.join('\n')}`);
  }

  /** Breaks all connections and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const gone = [...this.#sockets].map((socket) => once(socket, 'close'));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([closed, ...gone]);
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #receive(message: IncomingMessage, text: string): ScriptedAnswer {
    const [path = '', query = ''] = (message.url ?? '').split('?');
    const request: ReceivedRequest = {
      method: message.method ?? '',
      path: path.startsWith(`${this.#root}/`) ? path.slice(this.#root.length) : path,
      query: [...new URLSearchParams(query)],
      headers: message.headers,
      body: text === '' ? undefined : parseOrText(text),
    };
    this.#requests.push(request);
    for (const expectation of [...this.#expectations, ...this.#standing]) {
      const answer = expectation.take(request);
      if (answer !== undefined) return answer;
    }
    const description = `${request.method} ${message.url ?? ''}${text === '' ? '' : ` with ${text}`}`;
    this.#unexpected.push(description);
    const body = JSON.stringify({ status: 501, message: `not in the script: ${description}`, data: null });
    return { kind: 'reply', status: 501, body };
  }
}

function createExpectation(method: string, path: string, pattern: RequestPattern, standing: boolean): Expectation {
  const query = pattern.query === undefined ? undefined : flatten(pattern.query);
  const describe = [`${method} ${path}`, pattern.query && JSON.stringify(pattern.query)].filter(Boolean).join(' ');
  return new Expectation(
    describe,
    (request) =>
      request.method === method &&
      (path === '*' || request.path === path) &&
      (query === undefined || isDeepStrictEqual(sorted(request.query), sorted(query))) &&
      (!('body' in pattern) || isDeepStrictEqual(request.body, pattern.body)),
    standing,
  );
}

function flatten(query: NonNullable<RequestPattern['query']>): (readonly [string, string])[] {
  return Object.entries(query).flatMap(([name, value]) =>
    (typeof value === 'object' ? value : [value]).map((item) => [name, String(item)] as const),
  );
}

function sorted(query: readonly (readonly [string, string])[]): string[] {
  return query.map(([name, value]) => `${name}=${value}`).sort();
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
