import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BadRequestError } from '@ecsm/api-types';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { identityOf, isSameFile } from './opened-file.js';
import { isBusy } from './sqlite-failure.js';

/** Pages copied in one turn of the event loop. */
const pagesAtOnce = 100;

/** A backup has locked its file but for moments at its begin and end: one that is not locked so long after was killed. */
const longestUnlockedMs = 60_000;

/** What a backup holds. */
export interface BackupResult {
  /** The newest revision in it. */
  readonly revision: number;
}

/** Flushes a file or a folder to the disk. */
export function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Copies an open database into a file of its own while it is read and written, without blocking the event loop. The
 * file appears under its name when it is complete and on the disk; of several that are written at once, the last to end.
 *
 * @param goOn - called after each part that was copied; what it throws ends the backup
 * @throws BadRequestError when the destination is a folder, in none, or the database itself
 */
export async function writeBackup(database: Database, destination: string, goOn: () => void): Promise<BackupResult> {
  assertIsFileName(destination, database.name);
  removeLeftovers(destination);
  // Two that write one file would put a half-written one under the name.
  const partial = `${destination}.${randomBytes(4).toString('hex')}.partial`;
  closeSync(openSync(partial, 'wx', 0o600));
  try {
    await database.backup(partial, {
      progress: () => {
        goOn();
        return pagesAtOnce;
      },
    });
    const revision = sealBackup(partial);
    flush(partial);
    renameSync(partial, destination);
    flush(dirname(destination));
    return { revision };
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function assertIsFileName(destination: string, databasePath: string): void {
  const refuse = (why: string): never => {
    throw new BadRequestError({ message: `a backup cannot be written to ${destination}: ${why}` });
  };
  const folder = dirname(destination);
  if (!existsSync(folder)) refuse(`there is no folder ${folder}; make it first`);
  const there = identityOf(destination);
  if (there === undefined) return;
  if (statSync(destination).isDirectory()) refuse('it is a folder; name a file in it');
  if (isSameFile(there, identityOf(databasePath))) refuse('the registry itself lies there; name another file');
}

/** Removes what backups that were killed have left. */
function removeLeftovers(destination: string): void {
  const folder = dirname(destination);
  const prefix = `${basename(destination)}.`;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || !/^([0-9a-f]{8}\.)?partial$/.test(name.slice(prefix.length))) continue;
    const path = join(folder, name);
    if (isBeingWritten(path)) continue;
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  }
}

function isBeingWritten(partial: string): boolean {
  const { mtimeMs = 0 } = statSync(partial, { throwIfNoEntry: false }) ?? {};
  // The system's clock, as that of the file; it may have been set either way meanwhile.
  if (Math.abs(Date.now() - mtimeMs) < longestUnlockedMs) return true;
  let copy: Database | undefined;
  try {
    copy = new SqliteDatabase(partial, { timeout: 0 });
    copy.exec('BEGIN IMMEDIATE');
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    copy?.close();
  }
}

/** Makes the copy one file that needs no log beside it, and so can be read from read-only media. */
function sealBackup(path: string): number {
  const copy = new SqliteDatabase(path);
  try {
    copy.pragma('journal_mode = DELETE');
    return copy.prepare<[], number>('SELECT max(revision) FROM log').pluck().get() ?? 0;
  } finally {
    copy.close();
  }
}
