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
type StateRow = readonly [id: number, revision: number, labels: string, owners: string, expiresAt: number | null];

type DeletedRow = readonly [uid: string, generation: number, labels: string, owners: string, value: string];

/** Most entries of one transaction that expire: the rest follows with the next commits. */
const maxExpiredAtOnce = 100;

/** Carries out commits on a connection, inside a transaction that the caller opens and closes. */
export class CommitWriter {
  readonly #newest: Statement<[], number>;
  readonly #state: Statement<[string, string, string], StateRow>;
  readonly #update: Statement;
  readonly #insert: Statement;
  readonly #delete: Statement<[number]>;
  readonly #readDeleted: Statement<[number], DeletedRow>;
  readonly #addOwner: Statement<[string, number | bigint]>;
  readonly #removeOwner: Statement<[string, number]>;
  readonly #log: Statement;
  readonly #logDeletion: Statement;
  readonly #expired: Statement<[number], readonly [string, string, string]>;
  #sequence = 0;

  constructor(database: Database) {
    this.#newest = database.prepare<[], number>('SELECT max(revision) FROM log').pluck();
    this.#state = database
      .prepare<[string, string, string], StateRow>(
        'SELECT id, revision, labels, owners, expires_at FROM entries WHERE kind = ? AND namespace = ? AND name = ?',
      )
      .raw();
    this.#update = database.prepare(
      `UPDATE entries SET revision = ?, uid = ?, generation = ?, expires_at = ?, labels = ?, owners = ?, value = ?
       WHERE id = ? AND revision = ?`,
    );
    this.#insert = database.prepare(
      `INSERT INTO entries (kind, namespace, name, revision, uid, generation, expires_at, labels, owners, value)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#delete = database.prepare('DELETE FROM entries WHERE id = ?');
    this.#readDeleted = database
      .prepare<[number], DeletedRow>('SELECT uid, generation, labels, owners, value FROM entries WHERE id = ?')
      .raw();
    this.#addOwner = database.prepare('INSERT OR IGNORE INTO owners (uid, entry_id) VALUES (?, ?)');
    this.#removeOwner = database.prepare('DELETE FROM owners WHERE uid = ? AND entry_id = ?');
    this.#log = database.prepare(
      `INSERT INTO log (revision, sequence, operation, at, kind, namespace, name, entry_id, labels)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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

  /** The newest revision, as the transaction sees it. */
  newestRevision(): number {
    return this.#newest.get() ?? 0;
  }

  /** Carries out commits one after the other, each checked against what the ones before it wrote. */
  apply(commits: readonly StoreCommit[], nowMs: number): readonly CommitOutcome[] {
    let newest = this.newestRevision();
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
      const actual = isThere(state, nowMs) ? state[1] : 0;
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
    const { uid, generation, expiresAtMs, labels, owners, value } = write;
    const { lastInsertRowid: id } = this.#insert.run(
      ...[kind, namespace, name, revision, uid, generation, expiresAtMs ?? null],
      ...[JSON.stringify(labels), JSON.stringify(owners), value],
    );
    for (const owner of owners) this.#addOwner.run(owner, id);
    this.#log.run(revision, this.#sequence++, operations.create, nowMs, kind, namespace, name, id, null);
  }

  #change(write: StoreWrite & { readonly type: 'put' }, state: StateRow, revision: number, nowMs: number): void {
    const [id, revisionBefore, labelsBefore, ownersBefore] = state;
    const { kind, namespace, name } = write.key;
    const { uid, generation, expiresAtMs, labels, value } = write;
    const labelsText = JSON.stringify(labels);
    const ownersText = JSON.stringify(write.owners);
    const { changes } = this.#update.run(
      ...[revision, uid, generation, expiresAtMs ?? null, labelsText, ownersText, value],
      ...[id, revisionBefore],
    );
    if (changes !== 1) throw new RevisionMismatchError({ key: write.key, revision: revisionBefore }, undefined);
    if (ownersText !== ownersBefore) {
      this.#removeOwners(write.key, id, ownersBefore);
      for (const owner of write.owners) this.#addOwner.run(owner, id);
    }
    const hasOtherLabels = labelsText !== labelsBefore && !sameLabels(labels, decodeLabels(write.key, labelsBefore));
    this.#log.run(
      ...[revision, this.#sequence++, operations.change, nowMs, kind, namespace, name, id],
      hasOtherLabels ? labelsBefore : null,
    );
  }

  #remove(key: StoreKey, state: StateRow, revision: number, nowMs: number, lastValue?: string): void {
    const [id, , , owners] = state;
    const row = this.#readDeleted.get(id);
    if (row === undefined) return;
    const [uid, generation, labels, , value] = row;
    this.#delete.run(id);
    this.#removeOwners(key, id, owners);
    this.#logDeletion.run(
      ...[revision, this.#sequence++, nowMs, key.kind, key.namespace, key.name],
      ...[uid, generation, labels, owners, lastValue ?? value],
    );
  }

  #removeOwners(key: StoreKey, id: number, owners: string): void {
    for (const owner of decodeOwners(key, owners)) this.#removeOwner.run(owner, id);
  }
}

function isThere(state: StateRow | undefined, nowMs: number): state is StateRow {
  return state !== undefined && !isExpired(state, nowMs);
}

function isExpired([, , , , expiresAtMs]: StateRow, nowMs: number): boolean {
  return expiresAtMs !== null && !isAlive({ expiresAtMs }, nowMs);
}
