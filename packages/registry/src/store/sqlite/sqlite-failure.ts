import { messageOf, UnavailableError } from '@ecsm/api-types';
import { CorruptStoreError } from '../../errors/corrupt-store-error.js';

// SHMSIZE: the memory shared between processes is a file as well, and finds no room.
const fullDisk: ReadonlySet<string> = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT']);
const notAllowed: ReadonlySet<string> = new Set(['SQLITE_PERM', 'EACCES', 'EPERM', 'EROFS']);

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether another connection is in the way for now. */
export function isBusy(error: unknown): boolean {
  return codeOf(error)?.startsWith('SQLITE_BUSY') === true;
}

/** Whether there is no room on the disk, neither for data nor for what processes share. */
export function isDiskFull(error: unknown): boolean {
  return fullDisk.has(codeOf(error) ?? '');
}

/** Whether a page, or the file as a whole, is not what it should be. */
export function isCorrupt(error: unknown): error is Error {
  const code = codeOf(error) ?? '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** Whether SQLite cannot make sense of a statement, whose tables are other ones than it names. */
export function isRefusedStatement(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_ERROR';
}

/** Whether a table or a column is not there at all. */
function lacksTables(error: unknown): boolean {
  return isRefusedStatement(error) && /^no such (table|column)/.test(messageOf(error));
}

/** Whether SQLite lacks files beside the database that it cannot make there. */
export function isNotWritable(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN');
}

/** Puts an error of SQLite into the words of a store; anything else passes as it is. */
export function toStoreFailure(error: unknown, path: string, step: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = codeOf(error);
  if (code === undefined) return error;
  const unavailable = (reason: string): UnavailableError =>
    new UnavailableError({ message: `${step} ${path} failed: ${reason}`, cause: error });
  if (isDiskFull(error)) {
    return unavailable('the disk is full; what was acknowledged is intact, make room and writing goes on');
  }
  if (code === 'EACCES' && 'syscall' in error && error.syscall === 'stat') {
    return unavailable('this user may not enter its folder, or one above that; grant access, or run as who may');
  }
  if (notAllowed.has(code) && step === 'reading') {
    return unavailable('the file cannot be read by this user; run as its owner or in its group, or grant access');
  }
  if (code.startsWith('SQLITE_READONLY') || notAllowed.has(code)) {
    return unavailable(
      'the file, its folder or its disk cannot be written by this user; mount it writable or grant access',
    );
  }
  if (code === 'SQLITE_IOERR_SHORT_READ') {
    return unavailable(
      'the file or its log beside it (-wal) ends too early: it was cut or removed while in use, or the device is failing; open the registry anew and check it',
    );
  }
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') {
    return unavailable(`the disk reported an error (${code}); look at the system log for the device`);
  }
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return unavailable('the file cannot be opened; check that it and its folder are there and accessible to this user');
  }
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') {
    return unavailable('another process holds the file; try again, or find out which one keeps it');
  }
  if (isCorrupt(error)) {
    return new CorruptStoreError(path, `${step} found a damaged page`, { cause: error });
  }
  if (lacksTables(error)) {
    return new CorruptStoreError(path, `${step} found ${messageOf(error)}`, { cause: error });
  }
  return error;
}
