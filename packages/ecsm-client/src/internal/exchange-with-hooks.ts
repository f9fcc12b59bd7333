import type { Hooks } from 'ky';

import type { IncomingAnswer, OutgoingRequest } from './http-connections.js';
import { toResponse } from './to-response.js';

/** Sends a request the way ky does it, with hooks that may change it, answer in the platform's place or replace its answer. */
export async function exchangeWithHooks(
  outgoing: OutgoingRequest,
  hooks: Hooks,
  send: (outgoing: OutgoingRequest) => Promise<IncomingAnswer>,
): Promise<IncomingAnswer> {
  const { default: ky } = await import('ky');
  const { method, headers, body } = outgoing;
  const response = await ky(outgoing.url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    hooks,
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    fetch: async (input, init) => {
      const request = input instanceof Request ? input : new Request(input, init);
      return toResponse(
        await send({
          url: new URL(request.url),
          method: request.method,
          headers: Object.fromEntries(request.headers),
          body,
        }),
      );
    },
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
}
