import { InternalError } from '@ecsm/api-types';
import type { StoreEntry, StoreKey, StoreListed } from '../store.js';

/** The value of an entry, in a query over `entries`. */
const valueColumn = '(SELECT value FROM contents WHERE id = value_id)';

/**
 * What a {@link StoreEntry} is read from, in a query over `entries`; its key comes beside it. Each column that crosses
 * into JavaScript costs time, so none is read that is known.
 */
export const entryColumns = `entries.revision, uid, generation, expires_at, labels, owners, ${valueColumn}`;

/** A row of {@link entryColumns}. */
export type EntryRow = readonly [
  revision: number,
  uid: string,
  generation: number,
  expiresAt: number | null,
  labels: string,
  owners: string,
  value: string,
];

/** The same for a {@link StoreListed}. */
export const listedColumns = `namespace, name, revision, uid, generation, labels, ${valueColumn}`;

/** A row of {@link listedColumns}. */
export type ListedRow = readonly [
  namespace: string,
  name: string,
  revision: number,
  uid: string,
  generation: number,
  labels: string,
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
export function toEntry(key: StoreKey, row: readonly [...EntryRow, ...unknown[]]): StoreEntry {
  const [revision, uid, generation, expiresAt, labels, owners, value] = row;
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

/** An entry while a list looks at it. Its labels are decoded when they are asked for: most lists do not. */
export class ListedEntry implements StoreListed {
  readonly key: StoreKey;
  readonly #row: ListedRow;

  constructor(kind: string, row: ListedRow) {
    this.key = { kind, namespace: row[0], name: row[1] };
    this.#row = row;
  }

  get revision(): number {
    return this.#row[2];
  }

  get uid(): string {
    return this.#row[3];
  }

  get generation(): number {
    return this.#row[4];
  }

  get labels(): Readonly<Record<string, string>> {
    return decodeLabels(this.key, this.#row[5]);
  }

  get value(): string {
    return this.#row[6];
  }
}
