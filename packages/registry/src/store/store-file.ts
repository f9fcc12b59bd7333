import type { AbortableOptions } from '@ecsm/api-types';
import type { Database } from 'better-sqlite3';
import { checkIntegrity } from './sqlite/check-integrity.js';
import { openDatabase } from './sqlite/open-database.js';
import { toStoreFailure } from './sqlite/sqlite-failure.js';
import { writeBackup, type BackupResult } from './sqlite/write-backup.js';

/** Options of {@link backupStoreFile}. */
export interface BackupStoreFileOptions extends AbortableOptions {
  readonly path: string;
  /** Appears when it is complete and on the disk; what is there is replaced. */
  readonly destination: string;
}

/**
 * Copies a store's file as it is, also while others write to it. It is only read, so one of an earlier layout is not
 * converted, and neither is its copy: it serves to go back to the version that made it.
 *
 * @throws StoreFileError when the file cannot be used
 * @throws BadRequestError when the destination is a folder, in none, or the file itself
 * @throws UnavailableError when it cannot be read or the copy cannot be written
 */
export async function backupStoreFile(options: BackupStoreFileOptions): Promise<BackupResult> {
  const { path, destination, signal } = options;
  const database = openToRead(path);
  try {
    return await writeBackup(database, destination, () => signal?.throwIfAborted());
  } catch (error) {
    throw toStoreFailure(error, destination, 'writing the backup');
  } finally {
    database.close();
  }
}

/**
 * Examines every page and every row of a store's file of any layout, and returns what is wrong in words; nothing when all
 * is well. It is only read.
 *
 * @throws StoreFileError when the file cannot be used
 * @throws UnavailableError when it cannot be read
 */
export async function checkStoreFile(path: string): Promise<readonly string[]> {
  const database = openToRead(path);
  try {
    return await checkIntegrity(database);
  } catch (error) {
    throw toStoreFailure(error, path, 'reading');
  } finally {
    database.close();
  }
}

function openToRead(path: string): Database {
  return openDatabase({ path, readonly: true, groupId: undefined, anyVersion: true });
}
