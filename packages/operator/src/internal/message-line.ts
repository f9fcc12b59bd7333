import { messageOf } from '@ecsm/api-types';

/** The message of something thrown, on one line. */
export function messageLine(thrown: unknown): string {
  return messageOf(thrown).replace(/\s+/g, ' ').trim();
}
