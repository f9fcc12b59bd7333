import { createHash } from 'node:crypto';

/** Texts up to this length are kept as they are: a digest would not be shorter. */
const keptLength = 24;

/** A text to keep instead of a longer one; different texts have different ones. */
export function shortFingerprint(text: string): string {
  return text.length <= keptLength ? text : createHash('sha256').update(text).digest('base64url').slice(0, keptLength);
}
