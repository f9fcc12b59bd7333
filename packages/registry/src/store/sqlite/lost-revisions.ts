import type { Database } from 'better-sqlite3';
import { logPosition, operations, selectNewestRevision } from './schema.js';

/** Revisions that were acknowledged and are not in the file. */
export interface RevisionsLost {
  readonly from: number;
  readonly to: number;
}

function newestRevision(database: Database): number {
  return database.prepare<[], number>(selectNewestRevision).pluck().get() ?? 0;
}

/** The loss a file remembers until somebody has acknowledged it. */
export function readRevisionsLost(database: Database): RevisionsLost | undefined {
  const read = database.prepare<[string], number>('SELECT value FROM meta WHERE key = ?').pluck();
  const from = read.get('lostFrom');
  const to = read.get('lostTo');
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** What is missing from a file whose bell holds revision `rung`; nothing is changed. */
export function findRevisionsLost(database: Database, rung: number | undefined): RevisionsLost | undefined {
  const newest = newestRevision(database);
  return rung === undefined || rung <= newest ? undefined : { from: newest + 1, to: rung };
}

/**
 * Makes a file that is behind its bell usable: the loss is written down, and the next revision lies above everything
 * that was ever acknowledged. Watchers that go on from a lost revision, or from before the gap, get Expired and list
 * again: none takes a new revision for one it has seen.
 *
 * @param rung - what the bell held before the file was read
 * @returns the revision the file is at now
 */
export function recordRevisionsLost(database: Database, rung: number, nowMs: number): number {
  return database
    .transaction(() => {
      const lost = findRevisionsLost(database, rung);
      if (lost === undefined) return newestRevision(database);
      const { from } = readRevisionsLost(database) ?? lost;
      const mark = rung + 1;
      database
        .prepare(
          `INSERT INTO log (position, operation, at, kind, namespace, name) VALUES (${logPosition('?')}, ${operations.mark}, ?, '', '', '')`,
        )
        .run(mark, nowMs);
      const set = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
      set.run('compactRevision', mark);
      set.run('lostFrom', Math.min(from, lost.from));
      set.run('lostTo', lost.to);
      return mark;
    })
    .immediate();
}

/** Forgets a loss that somebody has taken note of. */
export function forgetRevisionsLost(database: Database): void {
  database.prepare("DELETE FROM meta WHERE key IN ('lostFrom', 'lostTo')").run();
}
