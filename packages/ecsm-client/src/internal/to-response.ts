import { ExchangeFailure } from './exchange-failure.js';
import type { IncomingAnswer } from './http-connections.js';

/** Statuses whose answers have no body by definition; `Response` refuses one. */
const bodiless = [204, 205, 304];

/** The answer as fetch would give it, for ky and its hooks. */
export function toResponse({ status, headers, text }: IncomingAnswer): Response {
  if (status < 200 || status > 599) throw new ExchangeFailure('garbled', `its HTTP status is ${status}`);
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const item of typeof value === 'string' ? [value] : (value ?? [])) result.append(name, item);
  }
  return new Response(text === '' || bodiless.includes(status) ? null : text, { status, headers: result });
}
