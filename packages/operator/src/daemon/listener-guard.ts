import { createHash, timingSafeEqual } from 'node:crypto';

import type { Settings } from '../config/settings.js';
import { readKeyPair, readSecretFile, readToken } from './access-files.js';

/** What readers from other machines must show, and how we show ourselves. */
export interface ListenerGuard {
  readonly token?: string;
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

/**
 * Reads what guards the listeners.
 *
 * @throws UsageError when a file that a setting names cannot be used
 */
export async function readListenerGuard(settings: Settings): Promise<ListenerGuard> {
  const { listenTokenFile, listenToken, listenCertFile, listenKeyFile, listenClientCaFile: caFile } = settings;
  const token = await readToken('listen', listenTokenFile, listenToken);
  if (listenCertFile === undefined || listenKeyFile === undefined) return token === undefined ? {} : { token };
  const tls = {
    ...(await readKeyPair('listen', listenCertFile, listenKeyFile)),
    ...(caFile === undefined ? {} : { ca: await readSecretFile('--listen-client-ca-file', caFile) }),
  };
  return { tls, ...(token === undefined ? {} : { token }) };
}

/** Whether an `Authorization` header shows the token; takes the same time whatever it shows. */
export function showsToken(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
