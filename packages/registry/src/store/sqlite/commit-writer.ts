import type { Database, Statement } from 'better-sqlite3';
import { RevisionMismatchError } from '../../errors/revision-mismatch-error.js';
import { isAlive } from '../internal/is-alive.js';
import { keyText } from '../internal/key-order.js';
import { sameLabels } from '../internal/same-labels.js';
import type { StoreCommit, StoreKey, StoreWrite } from '../store.js';
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
    const expired = this.#expired.all(nowMs);
    let isFirst = true;
    return commits.map((commit) => {
      const states = new Map<string, StateRow | undefined>();
      const error = this.#failingCheck(commit, states, nowMs);
      if (error !== undefined) return { error };
      const writes = commit.writes.filter(
        (write) => write.type === 'put' || isThere(this.#stateOf(write.key, states), nowMs),
      );
      if (writes.length === 0) return { revision: newest };
      newest++;
      this.#sequence = 0;
      if (isFirst) {
        for (const [kind, namespace, name] of expired) {
          const key = { kind, namespace, name };
          const state = this.#stateOf(key, states);
          if (state !== undefined) this.#remove(key, state, newest, nowMs);
          states.set(keyText(key), undefined);
        }
        isFirst = false;
      }
      for (const write of writes) this.#write(write, this.#stateOf(write.key, states), newest, nowMs);
      return { revision: newest };
    });
  }

  #failingCheck(
    commit: StoreCommit,
    states: Map<string, StateRow | undefined>,
    nowMs: number,
  ): RevisionMismatchError | undefined {
    for (const check of commit.checks) {
      const state = this.#stateOf(check.key, states);
      const actual = isThere(state, nowMs) ? state[0] : 0;
      if (actual !== check.revision) return new RevisionMismatchError(check, actual);
    }
    return undefined;
  }

  #stateOf(key: StoreKey, states: Map<string, StateRow | undefined>): StateRow | undefined {
    const text = keyText(key);
    if (states.has(text)) return states.get(text);
    const state = this.#state.get(key.kind, key.namespace, key.name);
    states.set(text, state);
    return state;
  }

  #write(write: StoreWrite, state: StateRow | undefined, revision: number, nowMs: number): void {
    if (write.type === 'delete') {
      if (state !== undefined) this.#remove(write.key, state, revision, nowMs, write.value);
    } else if (state === undefined) {
      this.#create(write, revision, nowMs);
    } else if (isExpired(state, nowMs)) {
      // Not yet removed: watchers see it go before it comes anew.
      this.#remove(write.key, state, revision, nowMs);
      this.#create(write, revision, nowMs);
    } else {
      this.#change(write, state, revision, nowMs);
    }
  }

  #create(write: StoreWrite & { readonly type: 'put' }, revision: number, nowMs: number): void {
    const { kind, namespace, name } = write.key;
    const { uid, generation, expiresAtMs = null, labels, owners } = write;
    const { lastInsertRowid: valueId } = this.#insertValue.run(write.value);
    this.#insert.run(
      ...[kind, namespace, name, revision, uid, generation, expiresAtMs],
      ...[JSON.stringify(labels), JSON.stringify(owners), valueId],
    );
    for (const owner of owners) this.#addOwner.run(owner, kind, namespace, name);
    this.#log.run(revision, this.#sequence++, operations.create, nowMs, kind, namespace, name, null);
  }

  #change(write: StoreWrite & { readonly type: 'put' }, state: StateRow, revision: number, nowMs: number): void {
    const [revisionBefore, labelsBefore, ownersBefore, , valueId] = state;
    const { kind, namespace, name } = write.key;
    const { uid, generation, expiresAtMs = null, labels, owners } = write;
    const labelsText = JSON.stringify(labels);
    const ownersText = JSON.stringify(owners);
    const { changes } = this.#update.run(
      ...[revision, uid, generation, expiresAtMs, labelsText, ownersText],
      ...[kind, namespace, name, revisionBefore],
    );
    if (changes !== 1) throw new RevisionMismatchError({ key: write.key, revision: revisionBefore }, undefined);
    this.#updateValue.run(write.value, valueId);
    if (ownersText !== ownersBefore) {
      this.#removeOwners(write.key, ownersBefore);
      for (const owner of owners) this.#addOwner.run(owner, kind, namespace, name);
    }
    const hasOtherLabels = labelsText !== labelsBefore && !sameLabels(labels, decodeLabels(write.key, labelsBefore));
    this.#log.run(
      ...[revision, this.#sequence++, operations.change, nowMs, kind, namespace, name],
      hasOtherLabels ? labelsBefore : null,
    );
  }

  #remove(key: StoreKey, state: StateRow, revision: number, nowMs: number, lastValue?: string): void {
    const { kind, namespace, name } = key;
    const [, labels, owners, , valueId] = state;
    const row = this.#readDeleted.get(kind, namespace, name);
    if (row === undefined) return;
    const [uid, generation, value] = row;
    this.#delete.run(kind, namespace, name);
    this.#deleteValue.run(valueId);
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

function isThere(state: StateRow | undefined, nowMs: number): state is StateRow {
  return state !== undefined && !isExpired(state, nowMs);
}

function isExpired([, , , expiresAtMs]: StateRow, nowMs: number): boolean {
  return expiresAtMs !== null && !isAlive({ expiresAtMs }, nowMs);
}
