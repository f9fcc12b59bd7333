import type { StoreMemory } from '../store.js';

/** What is stored of an entry besides its value, as far as a write must know it. */
export class EntryState implements StoreMemory {
  readonly revision: number;
  readonly uid: string;
  readonly expiresAtMs: number | null;
  /** JSON. */
  readonly labels: string;
  /** JSON. */
  readonly owners: string;
  readonly valueId: number | bigint;
  readonly appliedRevision: number | null;

  constructor(row: readonly [...StateRow, ...unknown[]]) {
    this.revision = row[0];
    this.uid = row[1];
    this.expiresAtMs = row[2];
    this.labels = row[3];
    this.owners = row[4];
    this.valueId = row[5];
    this.appliedRevision = row[6];
  }
}

/** What an {@link EntryState} is read from, in a query over `entries`. */
export const stateColumns = 'revision, uid, expires_at, labels, owners, value_id, applied_revision';

/** A row of {@link stateColumns}. */
export type StateRow = readonly [
  revision: number,
  uid: string,
  expiresAt: number | null,
  labels: string,
  owners: string,
  valueId: number | bigint,
  appliedRevision: number | null,
];
