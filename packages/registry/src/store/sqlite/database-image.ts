import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { configureReader } from './connection.js';

/** Where the header tells how the file is written: 2 means with a log beside it, 1 without. */
const formatBytes = [18, 19] as const;

/**
 * Reads a whole database into memory, for a disk too full to hold the 32 KB that processes share beside the file. It
 * takes twice the file's size, and shows the file as it was then; no lock stays on it.
 */
export function readImage(path: string): Database.Database {
  const file = new Database(path, { fileMustExist: true });
  try {
    // What is alone with the file keeps what would be shared in its own memory.
    file.pragma('locking_mode = EXCLUSIVE');
    file.pragma('query_only = ON');
    return openImage(file.serialize());
  } finally {
    file.close();
  }
}

/**
 * Reads a whole database into memory from where nothing can be written, be it a read-only disk or a folder of others:
 * SQLite itself does not read there without the files beside that it cannot make.
 *
 * @returns `undefined` while there is a log beside the file, without which it is not whole
 */
export function readClosedImage(path: string): Database.Database | undefined {
  const log = `${path}-wal`;
  if (existsSync(log)) return undefined;
  const image = readFileSync(path);
  // Whoever begins to write meanwhile makes one first.
  return existsSync(log) ? undefined : openImage(image);
}

/** Another connection to the same contents. */
export function copyImage(database: Database.Database): Database.Database {
  return openImage(database.serialize());
}

function openImage(image: Buffer): Database.Database {
  for (const at of formatBytes) image[at] = 1;
  const database = new Database(image, { readonly: true });
  try {
    configureReader(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
