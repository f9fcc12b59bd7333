import { createHash } from 'node:crypto';

/** The same for two texts that are equal, and, as good as certainly, for no others. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
