import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { HealthReport } from '@ecsm/controller-runtime';

import { isLoopback } from '../config/check-together.js';
import type { Listen } from '../config/settings.js';
import { messageLine } from '../internal/message-line.js';
import { showsToken, type ListenerGuard } from './listener-guard.js';

/** What a path shows. */
export interface Shown {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Answers one path. */
export interface Page {
  readonly show: () => Promise<Shown>;
  /** Whether only this machine may see it. */
  readonly loopbackOnly?: boolean;
}

const text = 'text/plain; charset=utf-8';

/** A page that shows what checks found: 200 when all is well, else 503. */
export function healthPage(check: () => Promise<HealthReport>): Page {
  return {
    show: async () => {
      const { ok, checks } = await check();
      const lines = checks.map((each) =>
        each.ok ? `[+] ${each.name} ok` : `[-] ${each.name} failed: ${each.reason ?? ''}`,
      );
      return { status: ok ? 200 : 503, type: text, body: [...lines, ok ? 'healthy' : 'not healthy', ''].join('\n') };
    },
  };
}

/** A page of JSON. */
export function jsonPage(read: () => Promise<unknown>): Page {
  return {
    show: async () => ({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: `${JSON.stringify(await read(), undefined, 2)}\n`,
    }),
  };
}

/**
 * A small read-only HTTP server. On loopback it is open; beyond it speaks TLS where it has a certificate, and answers
 * only readers who show the token or a certificate of the right authority.
 */
export class StatusServer implements AsyncDisposable {
  readonly #server: Server | TlsServer;
  readonly #listen: Listen;
  readonly #pages: ReadonlyMap<string, Page>;
  #guard: ListenerGuard;

  private constructor(listen: Listen, pages: ReadonlyMap<string, Page>, guard: ListenerGuard) {
    this.#listen = listen;
    this.#pages = pages;
    this.#guard = guard;
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response);
    const { tls } = guard;
    this.#server =
      tls === undefined || this.#isOpen
        ? createServer(answer)
        : createTlsServer(
            { ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined },
            answer,
          );
    // Readers who dawdle or come in crowds must not cost a small machine its memory.
    this.#server.requestTimeout = 10_000;
    this.#server.headersTimeout = 5000;
    this.#server.maxConnections = 32;
  }

  /**
   * Listens.
   *
   * @throws Error naming the address when it cannot be had
   */
  static async listen(listen: Listen, pages: ReadonlyMap<string, Page>, guard: ListenerGuard): Promise<StatusServer> {
    const server = new StatusServer(listen, pages, guard);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', (error) => {
        reject(new Error(`cannot listen on ${listen.host}:${listen.port}: ${messageLine(error)}`, { cause: error }));
      });
      server.#server.listen(listen.port, listen.host, resolve);
    });
    server.#server.unref();
    return server;
  }

  /** Where it listens, e.g. `http://127.0.0.1:8081`. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    const { host } = this.#listen;
    const scheme = this.#server instanceof TlsServer ? 'https' : 'http';
    return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** Takes another token or certificate, from the next connection on. */
  setGuard(guard: ListenerGuard): void {
    this.#guard = guard;
    if (this.#server instanceof TlsServer && guard.tls !== undefined) this.#server.setSecureContext(guard.tls);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** Whether only this machine can reach it. */
  get #isOpen(): boolean {
    return isLoopback(this.#listen.host);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = await this.#shown(request);
    response.writeHead(status, {
      'content-type': type,
      'cache-control': 'no-store',
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async #shown(request: IncomingMessage): Promise<Shown> {
    const { token } = this.#guard;
    if (token !== undefined && !this.#isOpen && !showsToken(request.headers.authorization, token)) {
      return { status: 401, type: text, body: 'show the token: Authorization: Bearer …\n' };
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { status: 405, type: text, body: 'only GET and HEAD\n' };
    }
    const page = this.#pages.get((request.url ?? '/').split('?', 1)[0] ?? '/');
    if (page === undefined || (page.loopbackOnly === true && !this.#isOpen)) {
      const paths = [...this.#pages].flatMap(([path, { loopbackOnly }]) =>
        loopbackOnly === true && !this.#isOpen ? [] : [path],
      );
      return { status: 404, type: text, body: `there is ${paths.join(', ')}\n` };
    }
    try {
      return await page.show();
    } catch (error) {
      return { status: 500, type: text, body: `failed: ${messageLine(error)}\n` };
    }
  }
}
