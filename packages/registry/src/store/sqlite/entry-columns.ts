import { InternalError } from '@ecsm/api-types';
import type { StoreEntry, StoreKey, StoreListed } from '../store.js';

/** Entries beside their values, to select from. An entry whose value is missing, in a damaged file, has none. */
export const entriesWithValues = 'entries LEFT JOIN contents ON contents.id = value_id';

/**
 * What a {@link StoreEntry} is read from, in a query over {@link entriesWithValues}; its key comes beside it. Each column
 * that crosses into JavaScript costs time, so none is read that is known.
 */
export const entryColumns = 'revision, uid, generation, expires_at, labels, owners, value';

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

/** The same for a {@link StoreContent}, with its key. */
export const contentColumns = 'namespace, name, revision, value';

/** A row of {@link contentColumns}. */
export type ContentRow = readonly [namespace: string, name: string, revision: number, value: string];

/** The same for a {@link StoreListed}. */
export const listedColumns = `${contentColumns}, uid, generation, labels`;

/** A row of {@link listedColumns}. */
export type ListedRow = readonly [...ContentRow, uid: string, generation: number, labels: string];

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

/** An entry while a list looks at it. What most lists do not ask for is made when it is asked for. */
export class ListedEntry implements StoreListed {
  readonly #kind: string;
  readonly #row: ContentRow | ListedRow;

  /** @param row - without the rest where only the content is looked at */
  constructor(kind: string, row: ContentRow | ListedRow) {
    this.#kind = kind;
    this.#row = row;
  }

  get key(): StoreKey {
    return { kind: this.#kind, namespace: this.#row[0], name: this.#row[1] };
  }

  get revision(): number {
    return this.#row[2];
  }

  get value(): string {
    return this.#row[3];
  }

  get uid(): string {
    return this.#row[4] ?? '';
  }

  get generation(): number {
    return this.#row[5] ?? 0;
  }

  get labels(): Readonly<Record<string, string>> {
    return decodeLabels(this.key, this.#row[6] ?? '{}');
  }
}
