import type { Database, Statement } from 'better-sqlite3';
import {
  behindRevision,
  isBehind,
  type ChangeLog,
  type LogPage,
  type LogPosition,
  type LogRow,
} from '../internal/change-log.js';
import { assertKept } from '../internal/kept-revisions.js';
import { decodeLabels, toEntry, type EntryRow } from './entry-columns.js';
import { logPosition, operations, selectNewestRevision } from './schema.js';

/** How much is read at once: little, because a page is held by each watcher that is behind. */
const pageRows = 32;
const pageCharacters = 1 << 20;

/** What is kept in memory for watchers that follow closely: they share one reading of the log. */
const recentRows = 256;
const recentCharacters = 1 << 20;

type Row = readonly [
  revision: number,
  sequence: number,
  operation: number,
  kind: string,
  namespace: string,
  name: string,
  labels: string | null,
  uid: string | null,
  generation: number | null,
  owners: string | null,
  value: string | null,
  entryRevision: number | null,
  entryUid: string,
  entryGeneration: number,
  entryExpiresAt: number | null,
  entryLabels: string,
  entryOwners: string,
  entryValue: string,
];

// An entry belongs to the row only while its revision is the row's.
const select = `
  SELECT l.revision, l.sequence, l.operation, l.kind, l.namespace, l.name,
         l.labels, l.uid, l.generation, l.owners, l.value,
         e.revision, e.uid, e.generation, e.expires_at, e.labels, e.owners, v.value
  FROM log AS l
  LEFT JOIN entries AS e
    ON e.kind = l.kind AND e.namespace = l.namespace AND e.name = l.name AND e.revision = l.revision
  LEFT JOIN contents AS v ON v.id = e.value_id
  WHERE l.position > ${logPosition('?', '?')}`;

const order = `ORDER BY l.position LIMIT ${pageRows}`;

/** The change log of a database, with the newest part of it kept in memory while it is watched closely. */
export class SqliteChangeLog implements ChangeLog {
  readonly #newest: Statement<[], number>;
  readonly #compactRevision: Statement<[], number>;
  readonly #all: Statement<[number, number], Row>;
  readonly #ofKind: Statement<[number, number, string], Row>;
  readonly #ofNamespace: Statement<[number, number, string, string], Row>;
  /** Everything behind `#from` up to `#to`, of all kinds. */
  #recent: LogRow[] = [];
  #recentSize = 0;
  #from: LogPosition = behindRevision(0);
  #to: LogPosition = behindRevision(0);
  /** What was read last from memory, while that stays as it is: watchers that wake up together share it. */
  #newestPage: { readonly after: LogPosition; readonly page: LogPage } | undefined;
  /** The wake-up at which `#to` was the end of the log; -1 while it is not known to be. */
  #endAt = -1;

  constructor(database: Database) {
    this.#newest = database.prepare<[], number>(selectNewestRevision).pluck();
    this.#compactRevision = database
      .prepare<[], number>("SELECT value FROM meta WHERE key = 'compactRevision'")
      .pluck();
    this.#all = database.prepare<[number, number], Row>(`${select} ${order}`).raw();
    this.#ofKind = database.prepare<[number, number, string], Row>(`${select} AND l.kind = ? ${order}`).raw();
    this.#ofNamespace = database
      .prepare<[number, number, string, string], Row>(`${select} AND l.kind = ? AND l.namespace = ? ${order}`)
      .raw();
  }

  newestRevision(): number {
    return this.#newest.get() ?? 0;
  }

  compactRevision(): number {
    return this.#compactRevision.get() ?? 0;
  }

  /** Lets go of what is kept in memory. */
  forgetRecent(): void {
    this.#startRecentAt(behindRevision(0));
  }

  read(after: LogPosition, range: { readonly kind: string; readonly namespace?: string }, wakeUp: number): LogPage {
    // A hundred watchers that wake up together ask the database once.
    const isInMemory = !isBehind(this.#from, after) && (isBehind(this.#to, after) || this.#endsAt(after, wakeUp));
    if (isInMemory) return this.#pageBehind(after, this.#endAt === wakeUp);
    const newest = this.newestRevision();
    const isRecent = !isBehind(this.#from, after) && !isBehind(after, this.#to);
    const page = isRecent || after.revision >= newest - pageRows ? this.#readRecent(after, newest, wakeUp) : undefined;
    const result = page ?? this.#readRange(after, range, newest);
    // Looked at last: what was forgotten meanwhile may be missing from what was read.
    assertKept(after, this.compactRevision(), newest);
    return result;
  }

  #endsAt(position: LogPosition, wakeUp: number): boolean {
    return this.#endAt === wakeUp && !isBehind(position, this.#to);
  }

  #readRecent(after: LogPosition, newest: number, wakeUp: number): LogPage {
    if (isBehind(this.#from, after) || isBehind(after, this.#to)) this.#startRecentAt(after);
    const rows = this.#all.all(this.#to.revision, this.#to.sequence);
    const caughtUp = rows.length < pageRows;
    this.#extendRecent(rows, caughtUp ? newest : 0);
    this.#endAt = caughtUp ? wakeUp : -1;
    const page = this.#pageBehind(after, caughtUp);
    this.#trimRecent();
    return page;
  }

  #pageBehind(after: LogPosition, caughtUp: boolean): LogPage {
    const newest = this.#newestPage;
    if (newest !== undefined && isAt(newest.after, after) && newest.page.caughtUp === caughtUp) return newest.page;
    const first = this.#recent.findLastIndex((row) => !isBehind(row, after)) + 1;
    const page = { rows: this.#recent.slice(first), next: this.#to, caughtUp };
    this.#newestPage = { after, page };
    return page;
  }

  #readRange(
    after: LogPosition,
    range: { readonly kind: string; readonly namespace?: string },
    newest: number,
  ): LogPage {
    const { revision, sequence } = after;
    const found =
      range.namespace === undefined
        ? this.#ofKind.iterate(revision, sequence, range.kind)
        : this.#ofNamespace.iterate(revision, sequence, range.kind, range.namespace);
    const rows: LogRow[] = [];
    let characters = 0;
    for (const row of found) {
      const logRow = toLogRow(row);
      if (logRow === undefined) continue;
      rows.push(logRow);
      characters += sizeOf(logRow);
      if (rows.length === pageRows || characters >= pageCharacters) return { rows, next: logRow, caughtUp: false };
    }
    const last = rows.at(-1);
    return { rows, next: behindRevision(Math.max(newest, last?.revision ?? 0)), caughtUp: true };
  }

  #startRecentAt(position: LogPosition): void {
    this.#newestPage = undefined;
    this.#recent = [];
    this.#recentSize = 0;
    this.#from = position;
    this.#to = position;
    this.#endAt = -1;
  }

  #extendRecent(rows: readonly Row[], newest: number): void {
    this.#newestPage = undefined;
    for (const row of rows) {
      this.#to = { revision: row[0], sequence: row[1] };
      const logRow = toLogRow(row);
      if (logRow === undefined) continue;
      this.#recent.push(logRow);
      this.#recentSize += sizeOf(logRow);
    }
    // The newest row of the log ends its revision: what follows is of a later one.
    if (newest > 0) this.#to = behindRevision(Math.max(newest, this.#to.revision));
  }

  #trimRecent(): void {
    let drop = 0;
    while (
      drop < this.#recent.length &&
      (this.#recent.length - drop > recentRows || this.#recentSize > recentCharacters)
    ) {
      const row = this.#recent[drop++];
      if (row === undefined) break;
      this.#recentSize -= sizeOf(row);
      this.#from = { revision: row.revision, sequence: row.sequence };
    }
    if (drop === 0) return;
    this.#newestPage = undefined;
    this.#recent.splice(0, drop);
  }
}

function isAt(a: LogPosition, b: LogPosition): boolean {
  return a.revision === b.revision && a.sequence === b.sequence;
}

function sizeOf(row: LogRow): number {
  return row.entry?.value.length ?? 0;
}

function toLogRow(row: Row): LogRow | undefined {
  const [revision, sequence, operation, kind, namespace, name, labels, uid, generation, owners, value] = row;
  const key = { kind, namespace, name };
  if (operation === operations.mark) return undefined;
  if (operation === operations.delete) {
    const last: EntryRow = [revision, uid ?? '', generation ?? 0, null, labels ?? '{}', owners ?? '[]', value ?? ''];
    return { revision, sequence, key, type: 'delete', entry: toEntry(key, last) };
  }
  const entryRevision = row[11];
  const entry =
    entryRevision === null
      ? undefined
      : toEntry(key, [entryRevision, row[12], row[13], row[14], row[15], row[16], row[17]]);
  return {
    revision,
    sequence,
    key,
    type: 'put',
    entry,
    created: operation === operations.create,
    previousLabels: labels === null ? undefined : decodeLabels(key, labels),
  };
}
