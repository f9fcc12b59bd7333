/** How many names are tried before giving up; as in Kubernetes. */
export const generateNameAttempts = 8;

/** Letters and digits that make no words and are not mistaken for each other; as in Kubernetes. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
/** Names are cut to the length of a DNS label whatever the kind allows. */
const maxLength = 63;

/** A name made of a prefix and five random characters. */
export function generateName(prefix: string, random: () => number): string {
  let suffix = '';
  while (suffix.length < suffixLength) suffix += alphabet.charAt(Math.floor(random() * alphabet.length));
  return prefix.slice(0, maxLength - suffixLength) + suffix;
}
