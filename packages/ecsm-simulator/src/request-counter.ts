import type { FastifyInstance } from 'fastify';

/** How often a call came in. */
export interface CallCount {
  /** Requests whose headers arrived, lost ones included. */
  readonly received: number;
  /** Requests that reached the platform. */
  readonly executed: number;
}

/** Counts the calls of a server's scope by method and route, such as `POST /api/v1/service`. */
export class RequestCounter {
  readonly #counts = new Map<string, { received: number; executed: number }>();

  /** What has been counted so far, by method and route. */
  get counts(): ReadonlyMap<string, CallCount> {
    return this.#counts;
  }

  /** Begins anew. */
  reset(): void {
    this.#counts.clear();
  }

  /** Counts from now on; before any hook that may end a request. */
  watch(api: FastifyInstance): void {
    api.addHook('onRequest', (request, _reply, done) => {
      this.#countOf(request.method, request.routeOptions.url).received++;
      done();
    });
    api.addHook('preHandler', (request, _reply, done) => {
      this.#countOf(request.method, request.routeOptions.url).executed++;
      done();
    });
  }

  #countOf(method: string, url: string | undefined) {
    const key = `${method} ${url ?? '(unknown)'}`;
    let count = this.#counts.get(key);
    if (count === undefined) {
      count = { received: 0, executed: 0 };
      this.#counts.set(key, count);
    }
    return count;
  }
}
