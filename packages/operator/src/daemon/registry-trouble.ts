import { isTimeoutError, isUnavailableError } from '@ecsm/api-types';
import { CorruptStoreError, StoreReplacedError } from '@ecsm/registry';

/** What can be wrong with the registry's file. */
export const registryTroubles = ['locked', 'full', 'readonly', 'disk', 'corrupt', 'replaced'] as const;

/** Which of them it is. */
export type RegistryTrouble = (typeof registryTroubles)[number];

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What a failure of a store means for its file; `undefined` when it is not about the file at all. */
export function registryTroubleOf(error: unknown): RegistryTrouble | undefined {
  if (error instanceof CorruptStoreError) return 'corrupt';
  if (error instanceof StoreReplacedError) return 'replaced';
  if (isTimeoutError(error)) return 'locked';
  if (!isUnavailableError(error)) return undefined;
  const code = codeOf(error.cause);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return 'readonly';
  return code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED' ? 'locked' : 'disk';
}
