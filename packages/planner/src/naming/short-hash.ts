import { createHash } from 'node:crypto';

/** Letters and digits that cannot be taken for one another, so that a name can be read out over a voice link. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Characters of a short hash: 40 bits, so that 10,000 names collide with a chance of 1 in 20,000. */
export const shortHashLength = 8;

/**
 * Eight characters that stand for a list of texts in names.
 *
 * The parts are kept apart: `['a', 'bc']` and `['ab', 'c']` give different hashes.
 */
export function shortHash(parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of digest) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < shortHashLength) {
      bits -= 5;
      text += alphabet.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
    if (text.length === shortHashLength) break;
  }
  return text;
}

const form = new RegExp(`^[${alphabet}]{${shortHashLength}}$`);

/** Whether a text could have come from {@link shortHash}. */
export function isShortHash(text: string): boolean {
  return form.test(text);
}
