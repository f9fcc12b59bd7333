import type { Envelope } from '@ecsm/ecsm-client';

/** Plain calls to a simulator, without the client. */
export class Api {
  readonly #base: string;

  constructor(url: string) {
    this.#base = `${url}/api/v1`;
  }

  /** The whole envelope, whatever its status. */
  async call(method: string, path: string, body?: unknown): Promise<Envelope> {
    const response = await this.fetch(method, path, body);
    return (await response.json()) as Envelope;
  }

  /** The data of a successful call. */
  async data<Data = unknown>(method: string, path: string, body?: unknown): Promise<Data> {
    const envelope = await this.call(method, path, body);
    if (envelope.status !== 200) throw new Error(`${method} ${path}: ${envelope.status} ${envelope.message}`);
    return envelope.data as Data;
  }

  fetch(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    return fetch(this.#base + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}
