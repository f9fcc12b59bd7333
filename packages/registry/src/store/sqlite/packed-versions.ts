import type { StoreKey, StoreVersion } from '../store.js';

/** Between the parts of packed versions. Parts may contain it all the same: then their number does not fit. */
const separator = '\n';

const columns = ['namespace', 'name', 'revision', 'uid', 'generation'];

/**
 * A query that gives the versions of entries as their number and one text: crossing from SQLite to JavaScript once
 * instead of once a column is most of what a list of versions would cost.
 *
 * @param isOfNamespace - whether all lie in one namespace, which then is none of the parts
 * @param condition - which entries, and in what order
 */
export function packedVersions(condition: string, isOfNamespace: boolean): string {
  const packed = isOfNamespace ? columns.slice(1) : columns;
  return `SELECT count(*), group_concat(version, '${separator}')
    FROM (SELECT concat_ws('${separator}', ${packed.join(', ')}) AS version FROM entries ${condition})`;
}

/** Versions packed into one text. */
export class PackedVersions {
  readonly #kind: string;
  /** Where all lie in one namespace. */
  readonly #namespace: string | undefined;
  readonly #parts: readonly string[];
  readonly #partsOfVersion: number;

  private constructor(kind: string, namespace: string | undefined, parts: readonly string[], partsOfVersion: number) {
    this.#kind = kind;
    this.#namespace = namespace;
    this.#parts = parts;
    this.#partsOfVersion = partsOfVersion;
  }

  /** Takes a text apart; `undefined` when a name contains the separator and the versions have to be read one by one. */
  static unpack(
    { kind, namespace }: { readonly kind: string; readonly namespace?: string },
    count: number,
    packed: string | null,
  ): PackedVersions | undefined {
    const parts = packed === null ? [] : packed.split(separator);
    const partsOfVersion = namespace === undefined ? columns.length : columns.length - 1;
    if (parts.length !== count * partsOfVersion) return undefined;
    return new PackedVersions(kind, namespace, parts, partsOfVersion);
  }

  get length(): number {
    return this.#parts.length / this.#partsOfVersion;
  }

  keyAt(index: number): StoreKey {
    const at = index * this.#partsOfVersion;
    if (this.#namespace !== undefined) {
      return { kind: this.#kind, namespace: this.#namespace, name: this.#parts[at] ?? '' };
    }
    return { kind: this.#kind, namespace: this.#parts[at] ?? '', name: this.#parts[at + 1] ?? '' };
  }

  versionAt(index: number): StoreVersion {
    const end = (index + 1) * this.#partsOfVersion;
    return {
      key: this.keyAt(index),
      revision: Number(this.#parts[end - 3]),
      uid: this.#parts[end - 2] ?? '',
      generation: Number(this.#parts[end - 1]),
    };
  }
}
