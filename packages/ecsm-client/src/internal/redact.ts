/** What stands in place of a secret. */
const mask = '***';

const secretWords =
  'password|passwd|passphrase|secret|token|credential|authorization|cookie|private[-_]?key|api[-_]?key';
const secretKey = new RegExp(secretWords, 'i');
/** The name of a field of JSON text and its colon, also in JSON inside a JSON string: \"password\":. */
const secretField = new RegExp(String.raw`(\\*)"[^"\\]*(?:${secretWords})[^"\\]*\1"\s*:\s*`, 'gi');
/** An entry of an environment, such as DB_PASSWORD=…. */
const secretVariable = new RegExp(String.raw`\b([a-z0-9_]*(?:${secretWords})[a-z0-9_]*)=[^\s"\\,;]+`, 'gi');

/** Masks secrets in any text: JSON fields that are named like one, environment entries, and the `known` values. */
export function redactText(text: string, known: readonly string[] = []): string {
  let result = maskFields(text).replace(secretVariable, `$1=${mask}`);
  for (const secret of known) result = result.replaceAll(secret, mask);
  return result;
}

function maskFields(text: string): string {
  let result = '';
  let kept = 0;
  for (const match of text.matchAll(secretField)) {
    const start = match.index + match[0].length;
    if (start < kept) continue;
    const escape = match[1] ?? '';
    const end = endOfValue(text, start, escape.length);
    if (end === start) continue;
    result += `${text.slice(kept, start)}${escape}"${mask}${escape}"`;
    kept = end;
  }
  return result + text.slice(kept);
}

/** Where a text or number ends that begins at `start`; at the end of a text that was cut off. */
function endOfValue(text: string, start: number, escapes: number): number {
  if (/^\\*$/.test(text.slice(start))) return text.length;
  if (!text.startsWith(`${'\\'.repeat(escapes)}"`, start)) {
    return start + (/^[^\s,}\]{["\\]*/.exec(text.slice(start))?.[0].length ?? 0);
  }
  for (let quote = text.indexOf('"', start + escapes + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    // A quote that is part of the value has one more escape than the one that ends it; a backslash counts double.
    if (backslashes % (2 * (escapes + 1)) === escapes) return quote + 1;
  }
  return text.length;
}

/** A copy of a JSON value with its secrets masked. */
export function redactJson(value: unknown, known: readonly string[] = []): unknown {
  if (typeof value === 'string') return redactText(value, known);
  if (Array.isArray(value)) return value.map((item) => redactJson(item, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      secretKey.test(key) && (typeof field === 'string' || typeof field === 'number') ? mask : redactJson(field, known),
    ]),
  );
}

/** The whole of such an entry, and its value. */
const secretEntry = new RegExp(String.raw`^[a-z0-9_]*(?:${secretWords})[a-z0-9_]*=(.{4,})$`, 'is');

/** The secrets a request body carries, so that an answer that repeats them can be masked too. */
export function secretsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return secretEntry.exec(value)?.slice(1) ?? [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) =>
    // Shorter ones would mask half of any text.
    typeof field === 'string' && field.length >= 4 && secretKey.test(key) ? [field] : secretsIn(field),
  );
}

/** The credentials that headers carry, each as it is sent and without the word before it, as in `Bearer …`. */
export function secretsInHeaders(headers: Readonly<Record<string, string>>): readonly string[] {
  return secretsIn(headers).flatMap((value) => [value, value.replace(/^\S+\s+/, '')]);
}

/** The longest beginning of an answer that errors show. */
const maxExcerpt = 200;

/** The first characters of an answer, without secrets. */
export function excerptOf(text: string, known: readonly string[] = []): string {
  // Redacted before the cut, with room to spare, so that a cut cannot leave half a secret.
  const shown = redactText(text.slice(0, maxExcerpt * 8), known);
  return shown.length <= maxExcerpt ? shown : `${shown.slice(0, maxExcerpt)}…`;
}
