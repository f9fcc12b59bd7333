import type { Database } from 'better-sqlite3';

/** Marks a file as a registry in SQLite's header: "ECSM" in ASCII. */
export const applicationId = 0x4543534d;

/**
 * The steps from one schema version to the next, oldest first; a new version is a new step at the end. The number of
 * steps is the version that this program writes.
 *
 * The layout is chosen by measurement: values lie apart, in a table found by number, so that keys and revisions are read
 * in key order from a few dense pages; and the change log does not repeat the value that the entry holds.
 */
export const migrations: readonly string[] = [
  `
CREATE TABLE entries (
    kind       TEXT NOT NULL,
    namespace  TEXT NOT NULL,
    name       TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    uid        TEXT NOT NULL,
    generation INTEGER NOT NULL,
    expires_at INTEGER,
    labels     TEXT NOT NULL,
    owners     TEXT NOT NULL,
    value_id   INTEGER NOT NULL,
    PRIMARY KEY (kind, namespace, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX entries_by_expiry ON entries (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE entry_values (
    id    INTEGER PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;

  -- Who is owned by a uid.
  CREATE TABLE owners (
    uid       TEXT NOT NULL,
    kind      TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (uid, kind, namespace, name)
  ) STRICT, WITHOUT ROWID;

  -- What happened, oldest first. The newest row is also the revision counter and therefore never removed.
  CREATE TABLE log (
    revision   INTEGER NOT NULL,
    sequence   INTEGER NOT NULL,
    -- 0 marks a revision without changes, 1 is a new key, 2 a change, 3 a deletion.
    operation  INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    namespace  TEXT NOT NULL,
    name       TEXT NOT NULL,
    -- Of a change the labels before it, where it changed them; of a deletion the last ones.
    labels     TEXT,
    -- The rest of a deleted entry.
    uid        TEXT,
    generation INTEGER,
    owners     TEXT,
    value      TEXT,
    PRIMARY KEY (revision, sequence)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO log (revision, sequence, operation, at, kind, namespace, name) VALUES (1, 0, 0, 0, '', '', '');

  -- compactRevision: changes up to it are forgotten. lostFrom, lostTo: revisions missing from the file, until acknowledged.
  CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO meta (key, value) VALUES ('compactRevision', 0);
  `,
  `
  -- What lies beside an entry: read and written together with it, in no list and no row of the log.
  CREATE TABLE applied (
    value_id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    text     TEXT NOT NULL
  ) STRICT;
  -- Until now these were entries of their own, of kinds that end in #applied.
  INSERT INTO applied (value_id, revision, text)
    SELECT of.value_id, beside.revision, (SELECT value FROM entry_values WHERE id = beside.value_id)
    FROM entries AS beside
    JOIN entries AS of
      ON of.kind = substr(beside.kind, 1, length(beside.kind) - 8)
      AND of.namespace = beside.namespace AND of.name = beside.name AND of.uid = beside.uid
    WHERE beside.kind LIKE '%#applied';
  DELETE FROM entry_values WHERE id IN (SELECT value_id FROM entries WHERE kind LIKE '%#applied');
  DELETE FROM entries WHERE kind LIKE '%#applied';
  UPDATE log
    SET operation = 0, kind = '', namespace = '', name = '',
        labels = NULL, uid = NULL, generation = NULL, owners = NULL, value = NULL
    WHERE kind LIKE '%#applied';
  `,
  `
  -- The new name keeps writers of the layout before, who may still run, from changing a value without what lies beside it.
  ALTER TABLE entry_values RENAME TO contents;
  -- The text beside the entry.
  ALTER TABLE contents ADD COLUMN applied TEXT;
  ALTER TABLE entries ADD COLUMN applied_revision INTEGER;
  UPDATE contents SET applied = (SELECT text FROM applied WHERE value_id = id)
    WHERE id IN (SELECT value_id FROM applied);
  UPDATE entries SET applied_revision = (SELECT revision FROM applied WHERE applied.value_id = entries.value_id)
    WHERE value_id IN (SELECT value_id FROM applied);
  DROP TABLE applied;
  `,
  `
  -- A key that only grows: a new row fills the last page, where one of two columns had pages rearranged every few commits.
  CREATE TABLE log_by_position (
    -- The revision, and in the last 24 bits the number of the write in it.
    position   INTEGER PRIMARY KEY,
    revision   INTEGER AS (position >> 24),
    sequence   INTEGER AS (position & 16777215),
    operation  INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    namespace  TEXT NOT NULL,
    name       TEXT NOT NULL,
    labels     TEXT,
    uid        TEXT,
    generation INTEGER,
    owners     TEXT,
    value      TEXT
  ) STRICT;
  INSERT INTO log_by_position (position, operation, at, kind, namespace, name, labels, uid, generation, owners, value)
    SELECT (revision << 24) | sequence, operation, at, kind, namespace, name, labels, uid, generation, owners, value
    FROM log ORDER BY revision, sequence;
  DROP TABLE log;
  ALTER TABLE log_by_position RENAME TO log;
  `,
];

/** The newest revision, in SQL. */
export const selectNewestRevision = 'SELECT revision FROM log ORDER BY position DESC LIMIT 1';

/** The place of a row in the change log, in SQL, of its revision and the number of the write in it. */
export function logPosition(revision: string, sequence = '0'): string {
  return `((${revision} << 24) | ${sequence})`;
}

/** What a row of the change log tells. */
export const operations = { mark: 0, create: 1, change: 2, delete: 3 } as const;

/** The schema version of an open database; 0 when it is new. */
export function schemaVersion(database: Database): number {
  return database.pragma('user_version', { simple: true }) as number;
}

/**
 * Brings a database to the newest schema, each step in a transaction of its own. Does nothing when it is there already,
 * also when another process gets ahead.
 */
export function migrate(database: Database, steps: readonly string[] = migrations): void {
  while (schemaVersion(database) < steps.length) {
    database
      .transaction(() => {
        const version = schemaVersion(database);
        const step = steps[version];
        if (step === undefined) return;
        database.exec(step);
        database.pragma(`application_id = ${applicationId}`);
        database.pragma(`user_version = ${version + 1}`);
      })
      .immediate();
  }
}
