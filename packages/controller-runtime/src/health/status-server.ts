import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { messageOf } from '@ecsm/api-types';

import type { ListenOptions } from '../manager-options.js';
import type { HealthReport } from './health-checks.js';

/** Answers one path. */
export type Page = () => Promise<{ readonly status: number; readonly type: string; readonly body: string }>;

/** A page that shows what checks found: 200 when all is well, else 500. */
export function healthPage(check: () => Promise<HealthReport>): Page {
  return async () => {
    const { ok, checks } = await check();
    const lines = checks.map((each) =>
      each.ok ? `[+] ${each.name} ok` : `[-] ${each.name} failed: ${each.reason ?? ''}`,
    );
    const body = [...lines, ok ? 'healthy' : 'not healthy', ''].join('\n');
    return { status: ok ? 200 : 500, type: 'text/plain; charset=utf-8', body };
  };
}

/** A small read-only HTTP server for health and metrics. */
export class StatusServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #host: string;

  private constructor(server: Server, host: string) {
    this.#server = server;
    this.#host = host;
  }

  /** Listens; rejects when the address cannot be had. */
  static async listen(
    { host, port }: Required<ListenOptions>,
    pages: ReadonlyMap<string, Page>,
  ): Promise<StatusServer> {
    const server = createServer((request, response) => void answer(pages, request, response));
    // A client that dawdles must not hold a connection for ever.
    server.requestTimeout = 10_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    server.unref();
    return new StatusServer(server, host);
  }

  /** Where it listens, e.g. `http://127.0.0.1:8081`. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }
}

async function answer(
  pages: ReadonlyMap<string, Page>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const page = pages.get(path);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const result = page === undefined ? notFound(pages) : isRead ? await shown(page) : notAllowed;
  response.writeHead(result.status, { 'content-type': result.type, ...(isRead ? {} : { allow: 'GET, HEAD' }) });
  response.end(request.method === 'HEAD' ? undefined : result.body);
}

const notAllowed = { status: 405, type: 'text/plain; charset=utf-8', body: 'only GET and HEAD\n' };

function notFound(pages: ReadonlyMap<string, Page>): Awaited<ReturnType<Page>> {
  return { status: 404, type: 'text/plain; charset=utf-8', body: `there is ${[...pages.keys()].join(', ')}\n` };
}

async function shown(page: Page): ReturnType<Page> {
  try {
    return await page();
  } catch (error) {
    return { status: 500, type: 'text/plain; charset=utf-8', body: `failed: ${messageOf(error)}\n` };
  }
}
