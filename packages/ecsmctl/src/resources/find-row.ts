import { nearestWord } from '@ecsm/api-types';
import { collect, type Clientset } from '@ecsm/ecsm-client';

import { CliError } from '../cli/cli-error.js';
import { exitCodes } from '../cli/exit-code.js';
import type { PlatformFilter, PlatformKind } from './platform-kind.js';

/** Options of {@link findRow} and {@link findRows}. */
export interface FindRowOptions {
  readonly signal?: AbortSignal;
  /** Look only among rows that match. */
  readonly filter?: PlatformFilter;
}

// Ids are UUIDs or long hex texts; a name that looks like one is looked up as an id first.
const looksLikeId = /^[0-9a-f-]{16,}$/i;

function withName<Row extends object>(kind: PlatformKind<Row>, rows: readonly Row[], wanted: string): readonly Row[] {
  const named = rows.filter((row) => kind.nameOf(row) === wanted);
  return named.length > 0 ? named : rows.filter((row) => kind.otherNamesOf?.(row).includes(wanted) === true);
}

function onlyOne<Row extends object>(kind: PlatformKind<Row>, rows: readonly Row[], wanted: string): Row | undefined {
  const [row] = rows;
  if (rows.length <= 1) return row;
  const ids = rows.map((each) => `${kind.nameOf(each)} (${kind.idOf(each)})`).join(', ');
  throw new CliError(`${rows.length} ${kind.plural} are called "${wanted}"`, { hint: `use an id: ${ids}` });
}

/**
 * Finds the one thing that a user means: by exact id, else by exact name, never by a part of it.
 *
 * @throws CliError when there is none (with a near name, if there is one) or when several have the name (with their ids)
 */
export async function findRow<Row extends object>(
  platform: Clientset,
  kind: PlatformKind<Row>,
  wanted: string,
  options: FindRowOptions = {},
): Promise<Row> {
  const { filter = {}, signal } = options;
  const listOptions = signal === undefined ? {} : { signal };
  if (kind.searchable && !looksLikeId.test(wanted)) {
    const found = await collect(kind.list(platform, { ...filter, name: wanted }, listOptions));
    const row = onlyOne(kind, withName(kind, found, wanted), wanted);
    if (row !== undefined) return row;
  }
  const all = await collect(kind.list(platform, filter, listOptions));
  const row = all.find((each) => kind.idOf(each) === wanted) ?? onlyOne(kind, withName(kind, all, wanted), wanted);
  if (row !== undefined) return row;
  const near = nearestWord(wanted, all.map(kind.nameOf));
  throw new CliError(`${kind.singular} "${wanted}" not found`, {
    hint: near === undefined ? `ecsmctl get ${kind.plural} lists them` : `did you mean "${near}"?`,
    exitCode: exitCodes.notFound,
  });
}

/** Finds one thing for each name, so that all are known before any is touched. @throws CliError as {@link findRow} does */
export async function findRows<Row extends object>(
  platform: Clientset,
  kind: PlatformKind<Row>,
  wanted: readonly string[],
  options: FindRowOptions = {},
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const name of wanted) rows.push(await findRow(platform, kind, name, options));
  return rows;
}
