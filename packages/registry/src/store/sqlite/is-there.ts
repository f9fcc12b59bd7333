import { statSync } from 'node:fs';

/**
 * Whether there is something at a path.
 *
 * @throws what the system says when that cannot be seen, as in a folder that this user may not enter: `existsSync` would
 * call it missing
 */
export function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
