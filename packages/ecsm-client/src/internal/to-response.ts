import { ExchangeFailure } from './exchange-failure.js';
import type { IncomingAnswer } from './http-connections.js';

/** Statuses whose answers have no body by definition; `Response` refuses one. */
const bodiless = [204, 205, 304];

/** The answer as fetch would give it, for ky and its hooks; without a body where nobody there reads it. */
export function toResponse({ status, headers, body }: IncomingAnswer, withBody: boolean): Response {
  if (status < 200 || status > 599) throw new ExchangeFailure('garbled', `its HTTP status is ${status}`);
  if (!withBody) return new Response(null, { status });
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const item of typeof value === 'string' ? [value] : (value ?? [])) result.append(name, item);
  }
  const hasBody = body.bytes.length > 0 && !bodiless.includes(status);
  return new Response(hasBody ? new Uint8Array(body.bytes) : null, { status, headers: result });
}
