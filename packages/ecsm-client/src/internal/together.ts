import { sharedAbortController } from '@ecsm/api-types';

import type { CallOptions } from '../clientset/call-options.js';

/**
 * Sends several requests for one call. Its signal is listened to once, whatever their number: Node takes more than ten
 * listeners for a leak, and says so to whoever made the signal. When one request fails, the others end.
 */
export async function together<T>(
  requests: readonly ((options: CallOptions) => Promise<T>)[],
  options: CallOptions | undefined,
): Promise<T[]> {
  const signal = options?.signal;
  const all = sharedAbortController();
  const onAbort = (): void => all.abort(signal?.reason);
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.all(requests.map((send) => send({ ...options, signal: all.signal })));
  } finally {
    signal?.removeEventListener('abort', onAbort);
    all.abort();
  }
}
