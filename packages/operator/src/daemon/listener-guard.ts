import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { messageLine } from '../internal/message-line.js';
import type { Settings } from '../config/settings.js';
import { UsageError } from '../config/usage-error.js';

/** What readers from other machines must show, and how we show ourselves. */
export interface ListenerGuard {
  readonly token?: string;
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

/**
 * Reads a file with a secret or a certificate; blanks around it do not count.
 *
 * @throws UsageError naming the setting and the file
 */
export async function readSecretFile(flag: string, path: string): Promise<string> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${flag} ${path} cannot be read: ${messageLine(error)}`, { cause: error });
  });
  const secret = content.trim();
  if (secret === '') throw new UsageError(`${flag} ${path} is empty`);
  return secret;
}

/** A token from the environment or a file; the file wins. */
export async function readToken(
  flag: string,
  path: string | undefined,
  value: string | undefined,
): Promise<string | undefined> {
  const token = path === undefined ? value : await readSecretFile(flag, path);
  // A line break or a space would break the header it is sent in.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) throw new UsageError(`${flag}: the token must be one word`);
  return token;
}

/** Reads what guards the listeners. */
export async function readListenerGuard(settings: Settings): Promise<ListenerGuard> {
  const { listenTokenFile, listenToken, listenCertFile, listenKeyFile, listenClientCaFile } = settings;
  const token = await readToken('--listen-token-file', listenTokenFile, listenToken);
  if (listenCertFile === undefined || listenKeyFile === undefined) return token === undefined ? {} : { token };
  const tls = {
    cert: await readSecretFile('--listen-cert-file', listenCertFile),
    key: await readSecretFile('--listen-key-file', listenKeyFile),
    ...(listenClientCaFile === undefined
      ? {}
      : { ca: await readSecretFile('--listen-client-ca-file', listenClientCaFile) }),
  };
  return { tls, ...(token === undefined ? {} : { token }) };
}

/** Whether an `Authorization` header shows the token; takes the same time whatever it shows. */
export function showsToken(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
