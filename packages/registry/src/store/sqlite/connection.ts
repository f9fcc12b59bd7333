import Database from 'better-sqlite3';

/**
 * How long SQLite itself waits for another writer, blocking the event loop; longer waits are asynchronous
 * (commit-queue.ts).
 */
const nativeBusyTimeoutMs = 4;

/**
 * Pages kept per connection, in KiB. The system caches the file anyway: with the 16 MB that better-sqlite3 is built with,
 * 10,000 objects are read no faster, and a daemon with 1,000 services holds 8 MB more.
 */
const cacheKiB = 500;

/** Options of {@link openConnection}. */
export interface ConnectionOptions {
  readonly readonly: boolean;
}

/** Opens one connection with the settings all of them share. */
export function openConnection(path: string, options: ConnectionOptions): Database.Database {
  const database = new Database(path, {
    readonly: options.readonly,
    fileMustExist: true,
    timeout: nativeBusyTimeoutMs,
  });
  try {
    if (options.readonly) {
      configureReader(database);
      return database;
    }
    database.pragma('cell_size_check = ON');
    // Must come before the first table; a database that has tables keeps what it has.
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma('journal_mode = WAL');
    // A commit returns when the disk has it: an acknowledged write survives a power cut.
    database.pragma('synchronous = FULL');
    // After a burst the log file shrinks again instead of keeping its largest size.
    database.pragma('journal_size_limit = 4194304');
    database.pragma(`cache_size = -${cacheKiB}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The settings of a connection that only reads. */
export function configureReader(database: Database.Database): void {
  database.pragma('cell_size_check = ON');
  // SQLite refuses to read a file that was cut; with this it reads what is there. Nothing can be written anyway.
  database.unsafeMode();
  database.pragma('writable_schema = ON');
  // Reads the schema, so it comes when that of a cut file can be read.
  database.pragma(`cache_size = -${cacheKiB}`);
}
