import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** An answer of the platform on its way through the gateway. */
export interface PassingAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What becomes of a request; `undefined` lets it through, `reset` breaks the connection after it was carried out. */
export type Meddling = (request: IncomingMessage, answer: PassingAnswer) => PassingAnswer | 'reset' | undefined;

/** Stands between an operator and the platform, and changes what the platform answers. */
export class Gateway implements AsyncDisposable {
  /** Calls that change something, as `METHOD path`. */
  readonly writes: string[] = [];
  meddle: Meddling = () => undefined;
  readonly #server: Server;
  readonly #target: string;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async start(target: string): Promise<Gateway> {
    const gateway = new Gateway(target);
    gateway.#server.listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    if (method !== 'GET') this.writes.push(`${method} ${url}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const init = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    const { 'content-type': type = 'application/json' } = request.headers;
    const real = await fetch(`${this.#target}${url}`, { method, headers: { 'content-type': type }, ...init });
    const contentType = real.headers.get('content-type') ?? '';
    const answer = { status: real.status, contentType, body: await real.text() };
    const shown = this.meddle(request, answer) ?? answer;
    if (shown === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(shown.status, { 'content-type': shown.contentType });
    response.end(shown.body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
