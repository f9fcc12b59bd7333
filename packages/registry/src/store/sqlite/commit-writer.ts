import type { Database, Statement } from 'better-sqlite3';
import { RevisionMismatchError } from '../../errors/revision-mismatch-error.js';
import { isAlive } from '../internal/is-alive.js';
import { sameLabels } from '../internal/same-labels.js';
import type { StoreCheck, StoreCommit, StoreKey, StoreWrite } from '../store.js';
import { decodeLabels, decodeOwners, entriesWithValues } from './entry-columns.js';
import { EntryState, stateColumns, type StateRow } from './entry-state.js';
import { logPosition, operations } from './schema.js';

/** What became of one commit of a batch. */
export type CommitOutcome = { readonly revision: number } | { readonly error: RevisionMismatchError };

/**
 * The states that one commit works on, by the key objects it names: a write of a key that it checks asks once. Another
 * object with the same key is asked for again, which costs no more than time.
 */
type States = Map<StoreKey, EntryState | undefined>;

type Put = StoreWrite & { readonly type: 'put' };
type Apply = StoreWrite & { readonly type: 'apply' };
type DeletedRow = readonly [uid: string, generation: number, value: string];

/** Most entries of one transaction that expire: the rest follows with the next commits. */
const maxExpiredAtOnce = 100;

/** An entry is not as the reader of it remembers; the commits are to be carried out anew, with a look at each entry. */
export class StaleReadError extends Error {}

/** Carries out commits on a connection, inside a transaction that the caller opens and closes. */
export class CommitWriter {
  readonly #state: Statement<[string, string, string], StateRow>;
  readonly #update: Statement;
  readonly #updateRevision: Statement;
  readonly #updateValue: Statement<[string, number | bigint]>;
  readonly #updateContent: Statement<[string, string, number | bigint]>;
  readonly #updateApplied: Statement<[string, number | bigint]>;
  readonly #setAppliedRevision: Statement;
  readonly #insert: Statement;
  readonly #insertContent: Statement<[string, string | null]>;
  readonly #delete: Statement<[string, string, string]>;
  readonly #deleteContent: Statement<[number | bigint]>;
  readonly #readDeleted: Statement<[string, string, string], DeletedRow>;
  readonly #addOwner: Statement<[string, string, string, string]>;
  readonly #removeOwner: Statement<[string, string, string, string]>;
  readonly #log: Statement;
  readonly #logDeletion: Statement;
  readonly #expired: Statement<[number], readonly [string, string, string]>;
  #sequence = 0;

  constructor(database: Database) {
    const ofKey = 'WHERE kind = ? AND namespace = ? AND name = ?';
    // The row that was read, or none.
    const ofState = `${ofKey} AND revision = ? AND applied_revision IS ?`;
    this.#state = database
      .prepare<[string, string, string], StateRow>(`SELECT ${stateColumns} FROM entries ${ofKey}`)
      .raw();
    this.#update = database.prepare(
      `UPDATE entries SET revision = ?, generation = ?, applied_revision = ?,
         uid = ?, expires_at = ?, labels = ?, owners = ? ${ofState}`,
    );
    // Most changes leave all else as it is.
    this.#updateRevision = database.prepare(
      `UPDATE entries SET revision = ?, generation = ?, applied_revision = ? ${ofState}`,
    );
    this.#setAppliedRevision = database.prepare(`UPDATE entries SET applied_revision = ? ${ofState}`);
    this.#updateValue = database.prepare('UPDATE contents SET value = ? WHERE id = ?');
    this.#updateContent = database.prepare('UPDATE contents SET value = ?, applied = ? WHERE id = ?');
    this.#updateApplied = database.prepare('UPDATE contents SET applied = ? WHERE id = ?');
    this.#insert = database.prepare(
      `INSERT INTO entries
         (kind, namespace, name, revision, uid, generation, expires_at, labels, owners, value_id, applied_revision)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertContent = database.prepare('INSERT INTO contents (value, applied) VALUES (?, ?)');
    this.#delete = database.prepare(`DELETE FROM entries ${ofKey}`);
    this.#deleteContent = database.prepare('DELETE FROM contents WHERE id = ?');
    this.#readDeleted = database
      .prepare<[string, string, string], DeletedRow>(`SELECT uid, generation, value FROM ${entriesWithValues} ${ofKey}`)
      .raw();
    this.#addOwner = database.prepare('INSERT OR IGNORE INTO owners (uid, kind, namespace, name) VALUES (?, ?, ?, ?)');
    this.#removeOwner = database.prepare(
      `DELETE FROM owners WHERE uid = ? AND kind = ? AND namespace = ? AND name = ?`,
    );
    this.#log = database.prepare(
      `INSERT INTO log (position, operation, at, kind, namespace, name, labels) VALUES (${logPosition('?', '?')}, ?, ?, ?, ?, ?, ?)`,
    );
    this.#logDeletion = database.prepare(
      `INSERT INTO log (position, operation, at, kind, namespace, name, uid, generation, labels, owners, value)
       VALUES (${logPosition('?', '?')}, ${operations.delete}, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#expired = database
      .prepare<[number], readonly [string, string, string]>(
        `SELECT kind, namespace, name FROM entries WHERE expires_at <= ? LIMIT ${maxExpiredAtOnce}`,
      )
      .raw();
  }

  /**
   * Carries out commits one after the other, each checked against what the ones before it wrote.
   *
   * @param trusting - whether what the commits remember of entries is relied on where the write itself will tell
   * @throws StaleReadError when that was wrong
   */
  apply(
    commits: readonly StoreCommit[],
    nowMs: number,
    newestBefore: number,
    trusting: boolean,
  ): readonly CommitOutcome[] {
    let newest = newestBefore;
    return commits.map((commit) => {
      const states: States = new Map();
      if (trusting) rememberStates(commit, states, nowMs);
      const isFromMemory = states.size > 0;
      const error = this.#failingCheck(commit, states, nowMs);
      // What is remembered decides nothing: it may be the memory that is wrong, and not the demand.
      if (error !== undefined && isFromMemory) throw new StaleReadError();
      if (error !== undefined) return { error };
      const writes = commit.writes.filter(
        (write) => write.type === 'put' || isThere(this.#stateOf(write.key, states), nowMs),
      );
      if (writes.length === 0) return { revision: newest };
      this.#sequence = 0;
      newest++;
      // Expired entries go along with the first commit that has a revision to tell it with.
      if (newest === newestBefore + 1) this.#removeExpired(newest, nowMs);
      for (const write of writes) this.#write(write, this.#stateOf(write.key, states), newest, nowMs);
      // The newest row of the log is the revision counter, so a revision that changed no entry has one too.
      if (this.#sequence === 0) this.#log.run(newest, 0, operations.mark, nowMs, '', '', '', null);
      return { revision: newest };
    });
  }

  #failingCheck(commit: StoreCommit, states: States, nowMs: number): RevisionMismatchError | undefined {
    for (const check of commit.checks) {
      const state = this.#stateOf(check.key, states);
      const actual = isThere(state, nowMs) ? state.revision : 0;
      if (actual !== check.revision) return new RevisionMismatchError(check, actual);
      if (!hasApplied(check, state)) return new RevisionMismatchError(check, undefined);
    }
    return undefined;
  }

  #stateOf(key: StoreKey, states: States): EntryState | undefined {
    const known = states.get(key);
    if (known !== undefined || states.has(key)) return known;
    const state = this.#readState(key);
    states.set(key, state);
    return state;
  }

  #readState({ kind, namespace, name }: StoreKey): EntryState | undefined {
    const row = this.#state.get(kind, namespace, name);
    return row === undefined ? undefined : new EntryState(row);
  }

  #removeExpired(revision: number, nowMs: number): void {
    for (const [kind, namespace, name] of this.#expired.all(nowMs)) {
      const key = { kind, namespace, name };
      const state = this.#readState(key);
      if (state !== undefined) this.#remove(key, state, revision, nowMs);
    }
  }

  #write(write: StoreWrite, state: EntryState | undefined, revision: number, nowMs: number): void {
    switch (write.type) {
      case 'delete':
        if (state !== undefined) this.#remove(write.key, state, revision, nowMs, write.value);
        break;
      case 'apply':
        if (state !== undefined) this.#apply(write, state, revision);
        break;
      case 'put':
        if (state === undefined) {
          this.#create(write, revision, nowMs);
        } else if (isExpired(state, nowMs)) {
          // Not yet removed: watchers see it go before it comes anew.
          this.#remove(write.key, state, revision, nowMs);
          this.#create(write, revision, nowMs);
        } else {
          this.#change(write, state, revision, nowMs);
        }
        break;
      default:
        write satisfies never;
    }
  }

  #create(write: Put, revision: number, nowMs: number): void {
    const { kind, namespace, name } = write.key;
    const { uid, generation, applied = null } = write;
    const expiresAtMs = wholeMs(write.expiresAtMs);
    const labels = JSON.stringify(write.labels);
    const owners = JSON.stringify(write.owners);
    const { lastInsertRowid: valueId } = this.#insertContent.run(write.value, applied);
    this.#insert.run(
      ...[kind, namespace, name, revision, uid, generation, expiresAtMs, labels, owners],
      ...[valueId, applied === null ? null : revision],
    );
    for (const owner of write.owners) this.#addOwner.run(owner, kind, namespace, name);
    this.#log.run(revision, this.#sequence++, operations.create, nowMs, kind, namespace, name, null);
  }

  #change(write: Put, state: EntryState, revision: number, nowMs: number): void {
    const { kind, namespace, name } = write.key;
    const { uid, generation, applied } = write;
    const expiresAtMs = wholeMs(write.expiresAtMs);
    const labels = JSON.stringify(write.labels);
    const owners = write.owners.length === 0 ? '[]' : JSON.stringify(write.owners);
    const hasMoreChanged =
      uid !== state.uid || expiresAtMs !== state.expiresAtMs || labels !== state.labels || owners !== state.owners;
    const appliedRevision = applied === undefined ? state.appliedRevision : revision;
    const { changes } = hasMoreChanged
      ? this.#update.run(
          ...[revision, generation, appliedRevision, uid, expiresAtMs, labels, owners],
          ...[kind, namespace, name, state.revision, state.appliedRevision],
        )
      : this.#updateRevision.run(
          ...[revision, generation, appliedRevision, kind, namespace, name, state.revision, state.appliedRevision],
        );
    if (changes !== 1) throw new StaleReadError();
    if (applied === undefined) this.#updateValue.run(write.value, state.valueId);
    else this.#updateContent.run(write.value, applied, state.valueId);
    if (owners !== state.owners) {
      this.#removeOwners(write.key, state.owners);
      for (const owner of write.owners) this.#addOwner.run(owner, kind, namespace, name);
    }
    const hasOtherLabels = labels !== state.labels && !sameLabels(write.labels, decodeLabels(write.key, state.labels));
    const previousLabels = hasOtherLabels ? state.labels : null;
    this.#log.run(revision, this.#sequence++, operations.change, nowMs, kind, namespace, name, previousLabels);
  }

  #apply({ key, applied }: Apply, state: EntryState, revision: number): void {
    const { kind, namespace, name } = key;
    const { changes } = this.#setAppliedRevision.run(
      ...[revision, kind, namespace, name, state.revision, state.appliedRevision],
    );
    if (changes !== 1) throw new StaleReadError();
    this.#updateApplied.run(applied, state.valueId);
  }

  #remove(key: StoreKey, state: EntryState, revision: number, nowMs: number, lastValue?: string): void {
    const { kind, namespace, name } = key;
    const { labels, owners, valueId } = state;
    const row = this.#readDeleted.get(kind, namespace, name);
    if (row === undefined) return;
    const [uid, generation, value] = row;
    this.#delete.run(kind, namespace, name);
    this.#deleteContent.run(valueId);
    this.#removeOwners(key, owners);
    this.#logDeletion.run(
      ...[revision, this.#sequence++, nowMs, kind, namespace, name],
      ...[uid, generation, labels, owners, lastValue ?? value],
    );
  }

  #removeOwners(key: StoreKey, owners: string): void {
    const { kind, namespace, name } = key;
    for (const owner of decodeOwners(key, owners)) this.#removeOwner.run(owner, kind, namespace, name);
  }
}

/** Takes what readers remember of the entries that their writes replace: the writes find nothing if that is past. */
function rememberStates(commit: StoreCommit, states: States, nowMs: number): void {
  for (const write of commit.writes) {
    const memory = write.type === 'put' ? write.memory : undefined;
    if (memory instanceof EntryState && isThere(memory, nowMs)) states.set(write.key, memory);
  }
}

function hasApplied({ appliedRevision }: StoreCheck, state: EntryState | undefined): boolean {
  return appliedRevision === undefined || appliedRevision === (state?.appliedRevision ?? 0);
}

/** No entry expires before its time because of the part of a millisecond that is not stored. */
function wholeMs(expiresAtMs: number | undefined): number | null {
  return expiresAtMs === undefined ? null : Math.ceil(expiresAtMs);
}

function isThere(state: EntryState | undefined, nowMs: number): state is EntryState {
  return state !== undefined && !isExpired(state, nowMs);
}

function isExpired({ expiresAtMs }: EntryState, nowMs: number): boolean {
  return expiresAtMs !== null && !isAlive({ expiresAtMs }, nowMs);
}
