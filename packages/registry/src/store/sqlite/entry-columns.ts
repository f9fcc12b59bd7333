import { InternalError } from '@ecsm/api-types';
import type { StoreEntry, StoreKey } from '../store.js';

/** What a {@link StoreEntry} is read from, in a query over `entries`. */
export const entryColumns = `kind, namespace, name, entries.revision, uid, generation, expires_at, labels, owners,
  (SELECT value FROM entry_values WHERE id = value_id)`;

/** A row of {@link entryColumns}. */
export type EntryRow = readonly [
  kind: string,
  namespace: string,
  name: string,
  revision: number,
  uid: string,
  generation: number,
  expiresAt: number | null,
  labels: string,
  owners: string,
  value: string,
];

/** Reads labels as they are stored. */
export function decodeLabels(key: StoreKey, text: string): Readonly<Record<string, string>> {
  // Many entries have none.
  return text === '{}' ? {} : (parseColumn(key, 'labels', text) as Record<string, string>);
}

/** Reads owner uids as they are stored. */
export function decodeOwners(key: StoreKey, text: string): readonly string[] {
  return text === '[]' ? [] : (parseColumn(key, 'owners', text) as string[]);
}

function parseColumn(key: StoreKey, column: 'labels' | 'owners', text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { kind, namespace, name } = key;
    throw new InternalError({
      message: `the ${column} stored with ${kind} "${namespace}/${name}" cannot be read: the file is damaged; restore a backup, or delete and create the object`,
      details: { kind, namespace, name },
      cause,
    });
  }
}

/** An entry from its row. */
export function toEntry(row: readonly [...EntryRow, ...unknown[]]): StoreEntry {
  const [kind, namespace, name, revision, uid, generation, expiresAt, labels, owners, value] = row;
  const key = { kind, namespace, name };
  const entry = {
    key,
    revision,
    uid,
    generation,
    labels: decodeLabels(key, labels),
    owners: decodeOwners(key, owners),
    value,
  };
  return expiresAt === null ? entry : { ...entry, expiresAtMs: expiresAt };
}

/** An entry while a list looks at it. Labels and owners are decoded when they are asked for: most lists ask for neither. */
export class ListedEntry implements StoreEntry {
  readonly key: StoreKey;
  readonly expiresAtMs?: number;
  readonly #row: EntryRow;

  constructor(row: EntryRow) {
    const [kind, namespace, name, , , , expiresAt] = row;
    this.key = { kind, namespace, name };
    if (expiresAt !== null) this.expiresAtMs = expiresAt;
    this.#row = row;
  }

  get revision(): number {
    return this.#row[3];
  }

  get uid(): string {
    return this.#row[4];
  }

  get generation(): number {
    return this.#row[5];
  }

  get labels(): Readonly<Record<string, string>> {
    return decodeLabels(this.key, this.#row[7]);
  }

  get owners(): readonly string[] {
    return decodeOwners(this.key, this.#row[8]);
  }

  get value(): string {
    return this.#row[9];
  }
}
