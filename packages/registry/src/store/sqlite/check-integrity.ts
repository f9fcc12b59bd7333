import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { isCorrupt } from './sqlite-failure.js';

/** Each counts rows that contradict another part of the file; `table` is in files of some programs only. */
const contradictions: readonly (readonly [problem: string, query: string, table?: string])[] = [
  [
    'entries are newer than the change log',
    'SELECT count(*) FROM entries WHERE revision > (SELECT max(revision) FROM log)',
  ],
  ...['contents', 'entry_values'].flatMap(
    (table) =>
      [
        [
          'entries have no value',
          `SELECT count(*) FROM entries WHERE value_id NOT IN (SELECT id FROM ${table})`,
          table,
        ],
        [
          'values belong to no entry',
          `SELECT count(*) FROM ${table} WHERE id NOT IN (SELECT value_id FROM entries)`,
          table,
        ],
        ['values are no JSON', `SELECT count(*) FROM ${table} WHERE NOT json_valid(value)`, table],
      ] as const,
  ),
  [
    'owner rows belong to no entry',
    'SELECT count(*) FROM owners WHERE (kind, namespace, name) NOT IN (SELECT kind, namespace, name FROM entries)',
  ],
  [
    'entries have owners that cannot be found by uid',
    `SELECT count(*) FROM entries AS e WHERE owners <> '[]' AND EXISTS (
       SELECT 1 FROM json_each(e.owners) AS o
       WHERE (o.value, e.kind, e.namespace, e.name) NOT IN (SELECT uid, kind, namespace, name FROM owners))`,
  ],
  [
    'applied texts belong to no entry',
    'SELECT count(*) FROM applied WHERE value_id NOT IN (SELECT value_id FROM entries)',
    'applied',
  ],
  ['entries have labels that are no JSON', 'SELECT count(*) FROM entries WHERE NOT json_valid(labels)'],
];

/** Stands above what is wrong with pages; there is but one database. */
const heading = '*** in database main ***\n';

/** Examines every page and row; returns what is wrong, in words, or nothing. */
export async function checkIntegrity(database: Database): Promise<readonly string[]> {
  const problems: string[] = [];
  const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  for (const table of tables) {
    for (const line of examine(database, table)) problems.push(`table ${table}: ${line}`);
    await nextTurn();
  }
  // A damaged page makes the questions below fail where its rows are.
  if (problems.length > 0) return problems;
  for (const [problem, query, table] of contradictions) {
    if (table !== undefined && !tables.includes(table)) continue;
    const count = database.prepare<[], number>(query).pluck().get() ?? 0;
    if (count > 0) problems.push(`${count} ${problem}`);
    await nextTurn();
  }
  return problems;
}

/** What SQLite finds in one table. Some damage ends its examination: then that is told after what was found before. */
function* examine(database: Database, table: string): Generator<string, void, undefined> {
  try {
    for (const line of database.prepare<[], string>(`PRAGMA integrity_check(${table})`).pluck().iterate()) {
      if (line !== 'ok') yield line.replace(heading, '');
    }
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    yield error.message;
  }
}
