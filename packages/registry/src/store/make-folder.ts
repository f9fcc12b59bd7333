import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder for a registry or its copies, and the folders above it that are missing; does nothing when it is there.
 *
 * Not Node's `mkdir` with `recursive`: that never ends where the system refuses to make something below a folder that
 * exists and says that nothing is there, as `/proc` does.
 *
 * @param options - `mode` of the folders that are made, less the process's umask
 * @throws Error of the system, with its code, when it cannot be made
 */
export function makeFolder(path: string, options: { readonly mode?: number } = {}): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeFolder(parent, options);
  try {
    mkdirSync(path, options);
  } catch (error) {
    // Another process may have been faster.
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
