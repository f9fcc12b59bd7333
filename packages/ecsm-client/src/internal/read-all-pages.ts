import type { SeenPage, SeenPages } from '../clientset/seen-pages.js';
import type { ReadPage } from './read-page.js';

/** A list that can be read page by page. */
export interface PageSource<Row> {
  /** Reads one page. */
  read(pageNum: number): Promise<ReadPage<Row>>;
  /** What tells rows apart; without it, rows are taken as they come. */
  readonly keyOf?: ((row: Row) => string) | undefined;
  readonly nameOf?: ((row: Row) => string) | undefined;
  readonly pageSize: number;
  /** Pages that may be on their way at once, once the number of pages is known. */
  readonly parallelPages: number;
  /** What is known of pages from the last time, and who is told of those that are the same. */
  readonly seen?: SeenPages | undefined;
  readonly onUnchanged?: ((keys: readonly string[]) => void) | undefined;
  /** Throws the error for a list that cannot be read to its end. */
  incomplete(problem: string): never;
}

/**
 * Reads a list to its end.
 *
 * `total` is not trusted to end the reading early: a full page is always followed by a look at the next one, since a
 * total that is too small would make the rest look deleted. A server that repeats a page is left, with an error if rows
 * are missing.
 */
export async function* readAllPages<Row>(source: PageSource<Row>): AsyncGenerator<Row, void, undefined> {
  const { keyOf, pageSize } = source;
  const seen = new Set<string>();
  const underway = new Map<number, Promise<ReadPage<Row>>>();
  let lastPage = 1;
  const read = (pageNum: number): Promise<ReadPage<Row>> => {
    for (let ahead = pageNum; ahead < pageNum + source.parallelPages && ahead <= lastPage; ahead++) {
      if (underway.has(ahead)) continue;
      const page = source.read(ahead);
      // Its failure is reported when its turn comes; until then nobody listens, and perhaps nobody ever will.
      page.catch(() => undefined);
      underway.set(ahead, page);
    }
    const page = underway.get(pageNum) ?? source.read(pageNum);
    underway.delete(pageNum);
    return page;
  };
  let received = 0;
  let previous: string | undefined;
  for (let pageNum = 1; ; pageNum++) {
    const page = await read(pageNum);
    if (page.received === 0) return;
    if (page.totalKnown) lastPage = Math.ceil(page.total / pageSize);
    const keys = page.unchanged?.keys ?? (keyOf === undefined ? undefined : page.rows.map(keyOf));
    const fingerprint = JSON.stringify([keys ?? page.rows, page.badRows.map(({ row }) => row)]);
    if (fingerprint === previous) {
      if (page.totalKnown && page.total > received) {
        source.incomplete(`page ${pageNum} repeats page ${pageNum - 1}; ${received} of ${page.total} rows were read`);
      }
      return;
    }
    previous = fingerprint;
    received += page.received;
    const before = seen.size;
    if (page.unchanged !== undefined) source.onUnchanged?.(page.unchanged.keys);
    for (const key of page.unchanged?.keys ?? []) seen.add(key);
    for (const [index, row] of page.rows.entries()) {
      const key = keys?.[index];
      if (key !== undefined) {
        if (seen.has(key)) continue;
        seen.add(key);
      }
      yield row;
    }
    // Only now, since whoever leaves the loop has not taken the rest; and of a row that comes twice the other page tells.
    const isWhole = seen.size - before === page.received;
    source.seen?.note(pageNum, isWhole ? remembered(page, source) : undefined);
    // More than asked for: the server does not page. Less: the end, unless it has a smaller page of its own.
    const complete = !page.totalKnown || received >= page.total;
    if (complete && page.received !== pageSize) return;
  }
}

function remembered<Row>(page: ReadPage<Row>, { keyOf, nameOf }: PageSource<Row>): SeenPage | undefined {
  const { digest, rows, total, totalKnown, unchanged } = page;
  if (digest === undefined || keyOf === undefined || nameOf === undefined) return unchanged;
  return { digest, keys: rows.map(keyOf), names: rows.map(nameOf), total, totalKnown };
}
