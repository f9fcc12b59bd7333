import type { Envelope } from '@ecsm/ecsm-client';

/** The envelope of a success. */
export function success<Data>(data: Data): Envelope<Data> {
  return { status: 200, message: 'success', data, fieldErrors: null };
}
