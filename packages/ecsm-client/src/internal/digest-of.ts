import { createHash } from 'node:crypto';

/** The same for two bodies that are equal, and, as good as certainly, for no others. */
export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
