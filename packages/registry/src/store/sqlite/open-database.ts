import { closeSync, existsSync, fchmodSync, fchownSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { CorruptStoreError } from '../../errors/corrupt-store-error.js';
import { ForeignFileError } from '../../errors/foreign-file-error.js';
import { NewerSchemaError } from '../../errors/newer-schema-error.js';
import { StoreMissingError } from '../../errors/store-missing-error.js';
import { openConnection } from './connection.js';
import { assertLocalFileSystem } from './local-file-system.js';
import { applicationId, migrate, migrations, schemaVersion } from './schema.js';
import { toStoreFailure } from './sqlite-failure.js';

const sqliteHeader = Buffer.from('SQLite format 3\0', 'latin1');
const headerBytes = 100;

/** Options of {@link openDatabase}. */
export interface OpenDatabaseOptions {
  readonly path: string;
  readonly readonly: boolean;
  /** Permissions of a file that is created. */
  readonly mode: number;
  /** Group of a file that is created. */
  readonly groupId: number | undefined;
}

/**
 * Opens the database of a store, creating it or bringing it to the newest schema where needed.
 *
 * @throws StoreMissingError, ForeignFileError, NewerSchemaError, CorruptStoreError, NetworkFileSystemError
 * @throws UnavailableError when the file cannot be reached or written
 */
export function openDatabase(options: OpenDatabaseOptions): Database {
  const { path, readonly } = options;
  assertPlace(path, readonly);
  if (existsSync(path)) assertRegistryFile(path);
  else createFile(options);
  try {
    const database = openConnection(path, { readonly });
    try {
      assertSchema(database, path);
      if (!readonly) migrate(database);
      assertWhole(database, path);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw toStoreFailure(error, path, 'opening');
  }
}

function assertPlace(path: string, readonly: boolean): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new StoreMissingError(path, { cause: new Error(`the folder ${folder} does not exist`) });
  }
  assertLocalFileSystem(path, folder);
  if (readonly && !existsSync(path)) throw new StoreMissingError(path);
}

/** Made before SQLite sees it, so that the file never has wider permissions, not even for a moment. */
function createFile({ path, mode, groupId }: OpenDatabaseOptions): void {
  const file = openSync(path, 'wx', mode);
  try {
    fchmodSync(file, mode);
    if (groupId !== undefined) fchownSync(file, process.getuid?.() ?? -1, groupId);
  } finally {
    closeSync(file);
  }
}

/** Looks at the first bytes without SQLite, which would take some foreign files for empty databases. */
function assertRegistryFile(path: string): void {
  if (!statSync(path).isFile()) throw new ForeignFileError(path, 'no file');
  const header = Buffer.alloc(headerBytes);
  const file = openSync(path, 'r');
  let length: number;
  try {
    length = readSync(file, header, 0, headerBytes, 0);
  } finally {
    closeSync(file);
  }
  // An empty file is what SQLite makes of a new database; if it is a cut one, its bell tells.
  if (length === 0) return;
  if (!header.subarray(0, Math.min(length, sqliteHeader.length)).equals(sqliteHeader.subarray(0, length))) {
    throw new ForeignFileError(path, 'not an SQLite database');
  }
  if (length < headerBytes) throw new CorruptStoreError(path, `it ends after ${length} bytes, amid its header`);
}

function assertSchema(database: Database, path: string): void {
  const id = database.pragma('application_id', { simple: true }) as number;
  const version = schemaVersion(database);
  if (id !== applicationId) {
    const tables = database.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() ?? 0;
    if (tables > 0 || id !== 0) throw new ForeignFileError(path, 'the SQLite database of another program');
  }
  if (version > migrations.length) throw new NewerSchemaError(path, version, migrations.length);
}

/** A main file that was cut is shorter than it says, once the log that may hold its tail is written back. */
function assertWhole(database: Database, path: string): void {
  const pages = database.pragma('page_count', { simple: true }) as number;
  const pageSize = database.pragma('page_size', { simple: true }) as number;
  const bytes = statSync(path).size;
  if (bytes >= pages * pageSize || hasLog(path)) return;
  throw new CorruptStoreError(path, `it is ${bytes} bytes long and should be ${pages * pageSize}: its end was cut off`);
}

function hasLog(path: string): boolean {
  return existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
}
