import { UnavailableError } from '@ecsm/api-types';
import { CorruptStoreError } from '../../errors/corrupt-store-error.js';

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether another connection is in the way for now. */
export function isBusy(error: unknown): boolean {
  return codeOf(error)?.startsWith('SQLITE_BUSY') === true;
}

/** Puts an error of SQLite into the words of a store; anything else passes as it is. */
export function toStoreFailure(error: unknown, path: string, step: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = codeOf(error);
  if (code?.startsWith('SQLITE_') !== true) return error;
  const unavailable = (reason: string): UnavailableError =>
    new UnavailableError({ message: `${step} ${path} failed: ${reason}`, cause: error });
  if (code === 'SQLITE_FULL') {
    return unavailable('the disk is full; what was acknowledged is intact, make room and writing goes on');
  }
  if (code.startsWith('SQLITE_READONLY')) {
    return unavailable('the file or its disk is read-only; mount it writable or grant this user write access');
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return unavailable(`the disk reported an error (${code}); look at the system log for the device`);
  }
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return unavailable('the file cannot be opened; check that it and its folder are there and accessible to this user');
  }
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') {
    return unavailable('another process holds the file; try again, or find out which one keeps it');
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new CorruptStoreError(path, `${step} found a damaged page`, { cause: error });
  }
  return error;
}
