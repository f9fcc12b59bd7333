import { existsSync } from 'node:fs';

import type { Invocation } from '../cli/invocation.js';

/**
 * Whether an operator works on the registry: while it leads, it keeps the lock database beside the file locked. What cannot be
 * found out, as where the lock may not be read, counts as running.
 */
export async function isOperatorRunning(invocation: Invocation): Promise<boolean> {
  const path = `${await invocation.registryPath()}.lock`;
  if (!existsSync(path)) return false;
  const { default: Database } = await import('better-sqlite3');
  try {
    const lock = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      lock.prepare('SELECT count(*) FROM sqlite_master').get();
    } finally {
      lock.close();
    }
  } catch (error) {
    const { code = '' } = error as { readonly code?: string };
    return ['SQLITE_BUSY', 'SQLITE_CANTOPEN', 'SQLITE_PERM'].some((prefix) => code.startsWith(prefix));
  }
  return false;
}

/** What to say to who waits in vain. */
export async function hintIfNoOperator(invocation: Invocation): Promise<string | undefined> {
  return (await isOperatorRunning(invocation)) ? undefined : 'no operator is running on this registry';
}
