import { createSecureContext } from 'node:tls';

import { variablePrefix } from '../config/setting-definitions.js';
import { UsageError } from '../config/usage-error.js';
import { messageLine } from '../internal/message-line.js';
import { readSmallFile } from '../internal/read-small-file.js';

/** Which connections files are for: those we take, or those to the platform. The flags that name them begin so. */
export type AccessEnd = 'listen' | 'platform';

/**
 * Reads a file with a secret or a certificate; blanks around it do not count.
 *
 * @throws UsageError naming the setting and the file
 */
export async function readSecretFile(flag: string, path: string): Promise<string> {
  const bytes = await readSmallFile(path).catch((error: unknown) => {
    throw new UsageError(`${flag} ${path} cannot be read: ${messageLine(error)}`, { cause: error });
  });
  const secret = bytes.toString().trim();
  if (secret === '') throw new UsageError(`${flag} ${path} is empty`);
  return secret;
}

/**
 * A token from the environment or a file; the file wins.
 *
 * @throws UsageError naming where it comes from when it is no good
 */
export async function readToken(
  end: AccessEnd,
  path: string | undefined,
  value: string | undefined,
): Promise<string | undefined> {
  const flag = `--${end}-token-file`;
  const token = path === undefined ? value : await readSecretFile(flag, path);
  // A line break or a space would break the header it is sent in.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    const where = path === undefined ? `the variable ${variablePrefix}${end.toUpperCase()}_TOKEN` : `${flag} ${path}`;
    throw new UsageError(`${where}: the token must be one word`);
  }
  return token;
}

/**
 * Reads a certificate and its key (PEM).
 *
 * @throws UsageError naming both files when they are no pair: the first connection would be too late to learn of it
 */
export async function readKeyPair(
  end: AccessEnd,
  certFile: string,
  keyFile: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  const [certFlag, keyFlag] = [`--${end}-cert-file`, `--${end}-key-file`];
  const pair = { cert: await readSecretFile(certFlag, certFile), key: await readSecretFile(keyFlag, keyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    const files = `${certFlag} ${certFile} and ${keyFlag} ${keyFile}`;
    throw new UsageError(`${files} are no certificate and its key (PEM): ${messageLine(error)}`, { cause: error });
  }
  return pair;
}
