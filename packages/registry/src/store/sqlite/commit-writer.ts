import type { Database, Statement } from 'better-sqlite3';
import { RevisionMismatchError } from '../../errors/revision-mismatch-error.js';
import { isAlive } from '../internal/is-alive.js';
import { sameLabels } from '../internal/same-labels.js';
import type { StoreCheck, StoreCommit, StoreKey, StoreWrite } from '../store.js';
import { decodeLabels, decodeOwners } from './entry-columns.js';
import { operations } from './schema.js';

/** What became of one commit of a batch. */
export type CommitOutcome = { readonly revision: number } | { readonly error: RevisionMismatchError };

/** What is stored under a key, as far as a write must know it. */
type StateRow = readonly [
  revision: number,
  labels: string,
  owners: string,
  expiresAt: number | null,
  valueId: number | bigint,
];

/**
 * The states that one commit has read, by the key objects it names: a write of a key that it checks asks once. Another
 * object with the same key is asked for again, which costs no more than time.
 */
type States = Map<StoreKey, StateRow | undefined>;

type Put = StoreWrite & { readonly type: 'put' };
type DeletedRow = readonly [uid: string, generation: number, value: string];

/** Most entries of one transaction that expire: the rest follows with the next commits. */
const maxExpiredAtOnce = 100;

/** Carries out commits on a connection, inside a transaction that the caller opens and closes. */
export class CommitWriter {
  readonly #state: Statement<[string, string, string], StateRow>;
  readonly #update: Statement;
  readonly #updateValue: Statement<[string, number | bigint]>;
  readonly #insert: Statement;
  readonly #insertValue: Statement<[string]>;
  readonly #delete: Statement<[string, string, string]>;
  readonly #deleteValue: Statement<[number | bigint]>;
  readonly #readDeleted: Statement<[string, string, string], DeletedRow>;
  readonly #appliedRevision: Statement<[number | bigint], number>;
  readonly #setApplied: Statement<[number | bigint, number, string]>;
  readonly #deleteApplied: Statement<[number | bigint]>;
  readonly #addOwner: Statement<[string, string, string, string]>;
  readonly #removeOwner: Statement<[string, string, string, string]>;
  readonly #log: Statement;
  readonly #logDeletion: Statement;
  readonly #expired: Statement<[number], readonly [string, string, string]>;
  #sequence = 0;

  constructor(database: Database) {
    const ofKey = 'WHERE kind = ? AND namespace = ? AND name = ?';
    this.#state = database
      .prepare<[string, string, string], StateRow>(
        `SELECT revision, labels, owners, expires_at, value_id FROM entries ${ofKey}`,
      )
      .raw();
    this.#update = database.prepare(
      `UPDATE entries SET revision = ?, uid = ?, generation = ?, expires_at = ?, labels = ?, owners = ?
       ${ofKey} AND revision = ?`,
    );
    this.#updateValue = database.prepare('UPDATE entry_values SET value = ? WHERE id = ?');
    this.#insert = database.prepare(
      `INSERT INTO entries (kind, namespace, name, revision, uid, generation, expires_at, labels, owners, value_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertValue = database.prepare('INSERT INTO entry_values (value) VALUES (?)');
    this.#delete = database.prepare(`DELETE FROM entries ${ofKey}`);
    this.#deleteValue = database.prepare('DELETE FROM entry_values WHERE id = ?');
    this.#readDeleted = database
      .prepare<[string, string, string], DeletedRow>(
        `SELECT uid, generation, (SELECT value FROM entry_values WHERE id = value_id) FROM entries ${ofKey}`,
      )
      .raw();
    this.#appliedRevision = database
      .prepare<[number | bigint], number>('SELECT revision FROM applied WHERE value_id = ?')
      .pluck();
    this.#setApplied = database.prepare('REPLACE INTO applied (value_id, revision, text) VALUES (?, ?, ?)');
    this.#deleteApplied = database.prepare('DELETE FROM applied WHERE value_id = ?');
    this.#addOwner = database.prepare('INSERT OR IGNORE INTO owners (uid, kind, namespace, name) VALUES (?, ?, ?, ?)');
    this.#removeOwner = database.prepare(
      `DELETE FROM owners WHERE uid = ? AND kind = ? AND namespace = ? AND name = ?`,
    );
    this.#log = database.prepare(
      `INSERT INTO log (revision, sequence, operation, at, kind, namespace, name, labels)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#logDeletion = database.prepare(
      `INSERT INTO log (revision, sequence, operation, at, kind, namespace, name, uid, generation, labels, owners, value)
       VALUES (?, ?, ${operations.delete}, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#expired = database
      .prepare<[number], readonly [string, string, string]>(
        `SELECT kind, namespace, name FROM entries WHERE expires_at <= ? LIMIT ${maxExpiredAtOnce}`,
      )
      .raw();
  }

  /** Carries out commits one after the other, each checked against what the ones before it wrote. */
  apply(commits: readonly StoreCommit[], nowMs: number, newestBefore: number): readonly CommitOutcome[] {
    let newest = newestBefore;
    return commits.map((commit) => {
      const states: States = new Map();
      const error = this.#failingCheck(commit, states, nowMs);
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
      const actual = isThere(state, nowMs) ? state[0] : 0;
      if (actual !== check.revision) return new RevisionMismatchError(check, actual);
      if (!this.#hasApplied(check, state)) return new RevisionMismatchError(check, undefined);
    }
    return undefined;
  }

  #hasApplied({ appliedRevision }: StoreCheck, state: StateRow | undefined): boolean {
    if (appliedRevision === undefined) return true;
    return appliedRevision === (state === undefined ? 0 : (this.#appliedRevision.get(state[4]) ?? 0));
  }

  #stateOf(key: StoreKey, states: States): StateRow | undefined {
    const known = states.get(key);
    if (known !== undefined || states.has(key)) return known;
    const state = this.#state.get(key.kind, key.namespace, key.name);
    states.set(key, state);
    return state;
  }

  #removeExpired(revision: number, nowMs: number): void {
    for (const [kind, namespace, name] of this.#expired.all(nowMs)) {
      const state = this.#state.get(kind, namespace, name);
      if (state !== undefined) this.#remove({ kind, namespace, name }, state, revision, nowMs);
    }
  }

  #write(write: StoreWrite, state: StateRow | undefined, revision: number, nowMs: number): void {
    switch (write.type) {
      case 'delete':
        if (state !== undefined) this.#remove(write.key, state, revision, nowMs, write.value);
        break;
      case 'apply':
        if (state !== undefined) this.#setApplied.run(state[4], revision, write.applied);
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
    const { uid, generation, applied } = write;
    const expiresAtMs = wholeMs(write.expiresAtMs);
    const labels = JSON.stringify(write.labels);
    const owners = JSON.stringify(write.owners);
    const { lastInsertRowid: valueId } = this.#insertValue.run(write.value);
    this.#insert.run(kind, namespace, name, revision, uid, generation, expiresAtMs, labels, owners, valueId);
    if (applied !== undefined) this.#setApplied.run(valueId, revision, applied);
    for (const owner of write.owners) this.#addOwner.run(owner, kind, namespace, name);
    this.#log.run(revision, this.#sequence++, operations.create, nowMs, kind, namespace, name, null);
  }

  #change(write: Put, state: StateRow, revision: number, nowMs: number): void {
    const [revisionBefore, labelsBefore, ownersBefore, , valueId] = state;
    const { kind, namespace, name } = write.key;
    const { uid, generation, applied } = write;
    const expiresAtMs = wholeMs(write.expiresAtMs);
    const labels = JSON.stringify(write.labels);
    const owners = JSON.stringify(write.owners);
    // prettier-ignore
    const { changes } = this.#update.run(
      revision, uid, generation, expiresAtMs, labels, owners, kind, namespace, name, revisionBefore,
    );
    if (changes !== 1) throw new RevisionMismatchError({ key: write.key, revision: revisionBefore }, undefined);
    this.#updateValue.run(write.value, valueId);
    if (applied !== undefined) this.#setApplied.run(valueId, revision, applied);
    if (owners !== ownersBefore) {
      this.#removeOwners(write.key, ownersBefore);
      for (const owner of write.owners) this.#addOwner.run(owner, kind, namespace, name);
    }
    const hasOtherLabels = labels !== labelsBefore && !sameLabels(write.labels, decodeLabels(write.key, labelsBefore));
    const previousLabels = hasOtherLabels ? labelsBefore : null;
    this.#log.run(revision, this.#sequence++, operations.change, nowMs, kind, namespace, name, previousLabels);
  }

  #remove(key: StoreKey, state: StateRow, revision: number, nowMs: number, lastValue?: string): void {
    const { kind, namespace, name } = key;
    const [, labels, owners, , valueId] = state;
    const row = this.#readDeleted.get(kind, namespace, name);
    if (row === undefined) return;
    const [uid, generation, value] = row;
    this.#delete.run(kind, namespace, name);
    this.#deleteValue.run(valueId);
    this.#deleteApplied.run(valueId);
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

/** No entry expires before its time because of the part of a millisecond that is not stored. */
function wholeMs(expiresAtMs: number | undefined): number | null {
  return expiresAtMs === undefined ? null : Math.ceil(expiresAtMs);
}

function isThere(state: StateRow | undefined, nowMs: number): state is StateRow {
  return state !== undefined && !isExpired(state, nowMs);
}

function isExpired([, , , expiresAtMs]: StateRow, nowMs: number): boolean {
  return expiresAtMs !== null && !isAlive({ expiresAtMs }, nowMs);
}
