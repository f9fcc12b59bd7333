/**
 * An address as messages may show it, with `***` for a user and password; also text that should have been an address.
 *
 * @example
 * ```ts
 * withoutCredentials('http://me:secret@10.0.0.5:3001'); // 'http://***@10.0.0.5:3001'
 * ```
 */
export function withoutCredentials(text: string): string {
  return text.replace(/^((?:[a-z][a-z\d+.-]*:)?\/\/)?.+@/is, '$1***@');
}
