import { chmodSync, chownSync, copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UnavailableError } from '@ecsm/api-types';
import { CorruptStoreError } from '../errors/corrupt-store-error.js';
import { checkIntegrity } from './sqlite/check-integrity.js';
import { openConnection } from './sqlite/connection.js';
import { openDatabase } from './sqlite/open-database.js';
import { isBusy, toStoreFailure } from './sqlite/sqlite-failure.js';
import { flush } from './sqlite/write-backup.js';

/** Options of {@link restoreBackup}. */
export interface RestoreBackupOptions {
  /** A file written by {@link SqliteStore.backup}. */
  readonly backup: string;
  /** Where the store shall be; what is there is replaced. */
  readonly path: string;
}

/**
 * Puts a backup in the place of a store's file. The store must not be open in any process.
 *
 * The bell beside the file stays: it knows the newest revision that was acknowledged before, so that the restored store
 * goes on above it and reports what is lost.
 *
 * @throws CorruptStoreError when the backup is damaged; nothing is replaced then
 * @throws UnavailableError when a process has the store open; nothing is replaced then
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<void> {
  const { backup, path } = options;
  const copy = `${path}.restore`;
  const source = openDatabase({ path: backup, readonly: true, groupId: undefined, anyVersion: true });
  try {
    const problems = await checkIntegrity(source);
    if (problems.length > 0) throw new CorruptStoreError(backup, problems.join('; '));
  } catch (error) {
    throw toStoreFailure(error, backup, 'reading');
  } finally {
    source.close();
  }
  assertNotOpen(path);
  try {
    copyFileSync(backup, copy);
    if (existsSync(path)) {
      const { mode, uid, gid } = statSync(path);
      chmodSync(copy, mode & 0o777);
      chownSync(copy, uid, gid);
    } else {
      chmodSync(copy, 0o600);
    }
    flush(copy);
    // The log belongs to the file that goes: beside the new one it would be taken for its newest part.
    rmSync(`${path}-wal`, { force: true });
    rmSync(`${path}-shm`, { force: true });
    renameSync(copy, path);
    flush(dirname(path));
  } finally {
    rmSync(copy, { force: true });
  }
}

function assertNotOpen(path: string): void {
  if (!existsSync(path)) return;
  try {
    const database = openConnection(path, { readonly: false });
    try {
      // Exclusive locking is granted only while no other connection exists.
      database.pragma('locking_mode = EXCLUSIVE');
      database.exec('BEGIN IMMEDIATE; COMMIT');
    } finally {
      database.close();
    }
  } catch (error) {
    if (isBusy(error)) {
      throw new UnavailableError({
        message: `restoring ${path} failed: another process has it open; stop the operator and other users of the registry first`,
        cause: error,
      });
    }
    const failure = toStoreFailure(error, path, 'restoring');
    // A damaged file is what backups are for.
    if (!(failure instanceof CorruptStoreError)) throw failure;
  }
}
