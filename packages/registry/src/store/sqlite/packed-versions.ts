import type { StoreVersion } from '../store.js';

/** Between the parts of packed versions. Parts may contain it all the same: then their number does not fit. */
const separator = '\n';

/** Columns of {@link packedVersions} for each version. */
const partsOfVersion = 5;

/**
 * A query that gives the versions of a subquery as one text, and their number: crossing from SQLite to JavaScript once
 * instead of once a column is most of what a list of versions would cost.
 *
 * @param subquery - selects namespace, name, revision, uid and generation
 */
export function packedVersions(subquery: string): string {
  const version = `concat_ws('${separator}', namespace, name, revision, uid, generation)`;
  return `SELECT count(*), group_concat(${version}, '${separator}') FROM (${subquery})`;
}

/** Takes packed versions apart; `undefined` when a name contains the separator and they have to be read one by one. */
export function unpackVersions(
  kind: string,
  count: number,
  packed: string | null,
): readonly StoreVersion[] | undefined {
  if (count === 0 || packed === null) return [];
  const parts = packed.split(separator);
  if (parts.length !== count * partsOfVersion) return undefined;
  const versions: StoreVersion[] = [];
  let namespace = '';
  for (let at = 0; at < parts.length; at += partsOfVersion) {
    // Read one by one: a slice for each version would cost as much as the rest. What lies in one namespace shares its name.
    if (parts[at] !== namespace) namespace = parts[at] ?? '';
    versions.push({
      key: { kind, namespace, name: parts[at + 1] ?? '' },
      revision: Number(parts[at + 2]),
      uid: parts[at + 3] ?? '',
      generation: Number(parts[at + 4]),
    });
  }
  return versions;
}
