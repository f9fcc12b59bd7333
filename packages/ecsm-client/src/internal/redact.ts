/** What stands in place of a secret. */
const mask = '***';

const secretKey = /password|passwd|passphrase|secret|token|credential|private_?key|api_?key/i;
// A field of JSON text, also of JSON inside a JSON string (\"password\":\"…\"), also when the text is cut off.
const secretField =
  /((\\*)"[^"\\]*(?:password|passwd|passphrase|secret|token|credential|private_?key|api_?key)[^"\\]*\\*"\s*:\s*)(?:\\*"(?:\\\\.|\\(?!")[^"]?|[^"\\])*(?:\\*"|$)|[^\s",}\]]+)/gi;
// An entry of an environment, such as DB_PASSWORD=….
const secretVariable =
  /\b([A-Z0-9_]*(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|PRIVATE_?KEY|API_?KEY)[A-Z0-9_]*)=[^\s"\\,;]+/gi;

/** Masks secrets in any text: JSON fields that are named like one, environment entries, and the `known` values. */
export function redactText(text: string, known: readonly string[] = []): string {
  let result = text.replace(secretField, `$1$2"${mask}$2"`).replace(secretVariable, `$1=${mask}`);
  for (const secret of known) result = result.replaceAll(secret, mask);
  return result;
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

/** The secrets a request body carries, so that an answer that repeats them can be masked too. */
export function secretsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) =>
    // Shorter ones would mask half of any text.
    typeof field === 'string' && field.length >= 4 && secretKey.test(key) ? [field] : secretsIn(field),
  );
}

/** The longest beginning of an answer that errors show. */
const maxExcerpt = 200;

/** The first characters of an answer, without secrets. */
export function excerptOf(text: string, known: readonly string[] = []): string {
  // Redacted before the cut, with room to spare, so that a cut cannot leave half a secret.
  const shown = redactText(text.slice(0, maxExcerpt * 8), known);
  return shown.length <= maxExcerpt ? shown : `${shown.slice(0, maxExcerpt)}…`;
}
