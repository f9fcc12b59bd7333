import type { BadRow, ListPage } from '../clientset/list.js';
import type { SeenPage } from '../clientset/seen-pages.js';
import { type Check, DecodeProblem, isJsonObject, number } from './decode.js';

/** A page, and what {@link readAllPages} needs to know beyond it. */
export interface ReadPage<Row> extends ListPage<Row> {
  /** What is known of a page that is as it was last time, whose rows were not read. */
  readonly unchanged?: SeenPage;
  /** Tells pages apart, where that was asked for. */
  readonly digest?: string;
  /** Rows that came, usable or not. */
  readonly received: number;
  /** Whether the platform said how many rows there are. */
  readonly totalKnown: boolean;
}

/** Reads a page object, or the plain list some calls answer with, row by row: an odd row does not cost the others. */
export function readPage<Row>(
  data: unknown,
  row: Check<Row>,
  requested: { readonly list: string; readonly pageNum: number; readonly pageSize: number },
): ReadPage<Row> {
  const page = Array.isArray(data) ? { list: data as unknown[] } : data;
  if (!isJsonObject(page)) throw new DecodeProblem('data', 'is neither a page nor a list');
  const total = typeof page['total'] === 'number' || typeof page['total'] === 'string' ? Number(page['total']) : NaN;
  const totalKnown = Number.isFinite(total) && total >= 0;
  const list = rowsOf(page['list'], totalKnown ? total : undefined);
  const rows: Row[] = [];
  const badRows: BadRow[] = [];
  list.forEach((item: unknown, index) => {
    try {
      rows.push(row(item, 'row'));
    } catch (error) {
      if (!(error instanceof DecodeProblem)) throw error;
      badRows.push({ list: requested.list, index, problem: problemOf(error, item), row: item });
    }
  });
  const { pageNum, pageSize } = requested;
  return {
    rows,
    badRows,
    received: list.length,
    total: totalKnown ? total : (pageNum - 1) * pageSize + list.length,
    totalKnown,
    pageNum: echoed(page['pageNum'], pageNum),
    pageSize: echoed(page['pageSize'], pageSize),
  };
}

/** What is wrong with a row, with its name where it has one. */
function problemOf({ place, complaint }: DecodeProblem, row: unknown): string {
  const name = isJsonObject(row) ? row['name'] : undefined;
  const which = typeof name === 'string' ? ` of ${JSON.stringify(name.slice(0, 60))}` : '';
  return `${place}${which} ${complaint}`;
}

function rowsOf(list: unknown, total: number | undefined): readonly unknown[] {
  if (Array.isArray(list)) return list;
  // A server written in Go sends an empty list as null; without a total of 0 beside it, that could be anything.
  if (list === null && total === 0) return [];
  throw new DecodeProblem(
    'data.list',
    `is ${list === undefined ? 'missing' : JSON.stringify(list).slice(0, 60)}, not a list`,
  );
}

function echoed(value: unknown, requested: number): number {
  try {
    return number(value, 'page');
  } catch {
    return requested;
  }
}
