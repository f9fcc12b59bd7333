/** Where a platform listens, in pieces. */
export interface PlatformAddress {
  /** A name or address; IPv6 addresses with or without brackets. */
  readonly host: string;
  /** @defaultValue 3001 */
  readonly port?: number;
  /** @defaultValue `http` */
  readonly protocol?: 'http' | 'https';
}

/**
 * Puts host, port and protocol together to a `baseUrl`, IPv6 addresses in brackets.
 *
 * @throws TypeError when that makes no URL
 */
export function platformUrl({ host, port = 3001, protocol = 'http' }: PlatformAddress): string {
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const text = `${protocol}://${bracketed}:${port}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Anything else in the host would change the meaning of the URL, such as "a/b" or "user@host".
  if (url === undefined || url.pathname !== '/' || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError(
      `host ${JSON.stringify(host)} and port ${port} make no address; a host looks like 10.0.0.5 or ecsm.local`,
    );
  }
  return text;
}
