import type { ServerResponse } from 'node:http';

import type { Envelope } from '../wire/envelope.js';
import type { Page } from '../wire/page.js';

/** The platform's successful answer around some data. */
export function envelopeOf<Data>(data: Data): Envelope<Data> {
  return { status: 200, message: 'success', data, fieldErrors: null };
}

/** A page that holds all rows, unless told otherwise. */
export function pageOf<Row>(rows: readonly Row[], page: Partial<Omit<Page<Row>, 'list'>> = {}): Page<Row> {
  return { total: rows.length, pageNum: 1, pageSize: 100, ...page, list: rows };
}

/** An answer byte for byte. */
export interface RawReply {
  /** @defaultValue 200 */
  readonly status?: number;
  /** @defaultValue `content-type: application/json` */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** How a {@link ScriptedServer} treats one request. */
export type ScriptedAnswer =
  | ({ readonly kind: 'reply' } & RawReply)
  /** Breaks the connection; after `bytes` of the reply, where there is one. */
  | ({ readonly kind: 'drop'; readonly bytes?: number } & RawReply)
  /** Never answers. */
  | { readonly kind: 'hang' };

/** Carries out an answer. */
export function giveAnswer(answer: ScriptedAnswer, response: ServerResponse): void {
  if (answer.kind === 'hang') return;
  const { status = 200, headers = { 'content-type': 'application/json' }, body = '' } = answer;
  if (answer.kind === 'drop') {
    if (answer.bytes === undefined) {
      response.socket?.destroy();
      return;
    }
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.write(Buffer.from(body).subarray(0, answer.bytes), () => response.socket?.destroy());
    return;
  }
  response.writeHead(status, headers);
  response.end(body);
}
