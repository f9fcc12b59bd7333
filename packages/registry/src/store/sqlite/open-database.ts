import { closeSync, existsSync, fchmodSync, fchownSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UnavailableError } from '@ecsm/api-types';
import type { Database } from 'better-sqlite3';
import { CorruptStoreError } from '../../errors/corrupt-store-error.js';
import { ForeignFileError } from '../../errors/foreign-file-error.js';
import { NewerSchemaError } from '../../errors/newer-schema-error.js';
import { StoreMissingError } from '../../errors/store-missing-error.js';
import { openConnection } from './connection.js';
import { readClosedImage, readImage } from './database-image.js';
import { isThere } from './is-there.js';
import { assertLocalFileSystem } from './local-file-system.js';
import { applicationId, migrate, migrations, schemaVersion } from './schema.js';
import { isBusy, isDiskFull, isNotWritable, toStoreFailure } from './sqlite-failure.js';

const sqliteHeader = Buffer.from('SQLite format 3\0', 'latin1');

/** Layout of an SQLite file's header (https://sqlite.org/fileformat.html). */
const headerBytes = 100;
const pageSizeAt = 16;
const pageCountAt = 28;

/** Options of {@link openDatabase}. */
export interface OpenDatabaseOptions {
  readonly path: string;
  readonly readonly: boolean;
  /** Group of a file that is created and may be used by its members; without one only its owner may. */
  readonly groupId: number | undefined;
  /**
   * Whether a file of an earlier schema version may be opened read-only, by whoever does not read its entries.
   *
   * @defaultValue `false`
   */
  readonly anyVersion?: boolean;
}

/**
 * Opens the database of a store, creating it or bringing it to the newest schema where needed.
 *
 * @throws StoreMissingError, ForeignFileError, NewerSchemaError, CorruptStoreError, NetworkFileSystemError
 * @throws UnavailableError when the file cannot be reached or written
 */
export function openDatabase(options: OpenDatabaseOptions): Database {
  const { path, readonly } = options;
  try {
    assertPlace(path, readonly);
    if (!existsSync(path)) createFile(options);
    const missingBytes = readMissingBytes(path);
    const database = connect(path, readonly);
    try {
      assertSchema(database, options);
      if (!readonly) {
        migrate(database);
        if (missingBytes > 0) assertRestInLog(database, path, missingBytes);
      }
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw isBusy(error) ? error : toStoreFailure(error, path, 'opening');
  }
}

function connect(path: string, readonly: boolean): Database {
  try {
    return openConnection(path, { readonly });
  } catch (error) {
    if (!readonly) throw error;
    if (isDiskFull(error)) return readImage(path);
    if (!isNotWritable(error)) throw error;
    const closed = readClosedImage(path);
    if (closed !== undefined) return closed;
    throw new UnavailableError({
      message: `reading ${path} failed: its newest part is in the log beside it (${path}-wal), and reading that takes the right to make files there; open it once as a user who has it, on a disk that can be written`,
      cause: error,
    });
  }
}

/**
 * Makes sure that there is a file to open.
 *
 * @throws StoreMissingError when there is none
 * @throws UnavailableError when that cannot be seen
 */
export function assertThere(path: string): void {
  try {
    if (isThere(path)) return;
  } catch (error) {
    throw toStoreFailure(error, path, 'opening');
  }
  throw new StoreMissingError(path);
}

function assertPlace(path: string, readonly: boolean): void {
  const folder = dirname(path);
  if (!isThere(folder)) throw new StoreMissingError(path, { missingFolder: folder });
  assertLocalFileSystem(path, folder);
  if (!isThere(path)) {
    if (readonly) throw new StoreMissingError(path);
  } else if (!statSync(path).isFile()) {
    throw new ForeignFileError(path, 'not a file');
  }
}

/** Made before SQLite sees it, so that the file never has wider permissions, not even for a moment. */
function createFile({ path, groupId }: OpenDatabaseOptions): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    // Another process was faster.
    if (existsSync(path)) return;
    throw error;
  }
  try {
    if (groupId === undefined) return;
    fchownSync(file, process.getuid?.() ?? -1, groupId);
    fchmodSync(file, 0o660);
  } finally {
    closeSync(file);
  }
}

/**
 * Looks at a file without SQLite, which takes some foreign files for empty databases, and tells by how much it is
 * shorter than its header says.
 */
function readMissingBytes(path: string): number {
  const header = Buffer.alloc(headerBytes);
  const file = openForReading(path);
  let length: number;
  try {
    length = readSync(file, header, 0, headerBytes, 0);
  } finally {
    closeSync(file);
  }
  // An empty file is what SQLite makes of a new database; if it is a cut one, its bell tells.
  if (length === 0) return 0;
  const known = Math.min(length, sqliteHeader.length);
  if (!header.subarray(0, known).equals(sqliteHeader.subarray(0, known))) {
    throw new ForeignFileError(path, 'not an SQLite database');
  }
  if (length < headerBytes) throw new CorruptStoreError(path, `it ends after ${length} bytes, amid its header`);
  // The page size 65536 does not fit its field and is written as 1.
  const pageSize = header.readUInt16BE(pageSizeAt) === 1 ? 65_536 : header.readUInt16BE(pageSizeAt);
  return pageSize * header.readUInt32BE(pageCountAt) - statSync(path).size;
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw toStoreFailure(error, path, 'reading');
  }
}

function assertSchema(database: Database, options: OpenDatabaseOptions): void {
  const { path, readonly } = options;
  const id = database.pragma('application_id', { simple: true }) as number;
  const version = schemaVersion(database);
  if (id !== applicationId) {
    const tables = database.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() ?? 0;
    if (tables > 0 || id !== 0) throw new ForeignFileError(path, 'the SQLite database of another program');
    if (readonly) throw new StoreMissingError(path, { cause: new Error('the file is empty') });
  }
  if (version > migrations.length) throw new NewerSchemaError(path, version, migrations.length);
  if (readonly && options.anyVersion !== true && version < migrations.length) {
    throw new UnavailableError({
      message: `opening ${path} for reading failed: it has the layout ${version} of an earlier version and this one reads ${migrations.length}; the file is converted by whoever first opens it for writing: stop what still runs in the earlier version, then start ecsm-operator in this one`,
    });
  }
}

/** A crash amid a checkpoint leaves a file whose end is still in the log; a cut file has its end nowhere. */
function assertRestInLog(database: Database, path: string, missingBytes: number): void {
  const verdict = database.prepare<[], string>('PRAGMA quick_check(1)').pluck().get();
  if (verdict !== 'ok') {
    throw new CorruptStoreError(path, `${missingBytes} bytes of its end are missing (${verdict ?? 'no verdict'})`);
  }
}
