import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AbortableOptions } from '@ecsm/api-types';
import SqliteDatabase, { type Database } from 'better-sqlite3';

/** Pages copied in one turn of the event loop. */
const pagesAtOnce = 100;

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
 * file appears under its name when it is complete and on the disk.
 */
export async function writeBackup(
  database: Database,
  destination: string,
  options: AbortableOptions = {},
): Promise<BackupResult> {
  const { signal } = options;
  const partial = `${destination}.partial`;
  rmSync(partial, { force: true });
  closeSync(openSync(partial, 'wx', 0o600));
  try {
    await database.backup(partial, {
      progress: () => {
        signal?.throwIfAborted();
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
