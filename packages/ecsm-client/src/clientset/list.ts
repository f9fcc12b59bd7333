import type { CallOptions } from './call-options.js';
import type { SeenPages } from './seen-pages.js';

/** A row that could not be used and was left out of a list. */
export interface BadRow {
  /** Which list, such as `GET /service`. */
  readonly list: string;
  /** Position in the page, from 0. */
  readonly index: number;
  /** What is wrong, such as `row.factor of "web" is -1, not a number of instances`. */
  readonly problem: string;
  /** The row as it came; it may hold secrets. */
  readonly row: unknown;
}

/**
 * One page of a list.
 *
 * @typeParam Row - shape of a row
 */
export interface ListPage<Row> {
  /** The rows that could be used, with all their fields, known or not. */
  readonly rows: readonly Row[];
  /** Rows over all pages, as the platform says; it may be wrong. */
  readonly total: number;
  /** Counts from 1. */
  readonly pageNum: number;
  readonly pageSize: number;
  /** The rows that could not be used. */
  readonly badRows: readonly BadRow[];
}

/** Options of a call that reads a list. */
export interface ListOptions extends CallOptions {
  /**
   * Rows in a request.
   *
   * @defaultValue 100
   */
  readonly pageSize?: number;
  /**
   * Pages asked for at once when all of them are read, for links with long round trips. A loop that is left
   * early has then asked for pages in vain.
   *
   * @defaultValue 1
   */
  readonly parallelPages?: number;
  /** Has pages that are as they were last time left out, for lists whose rows have ids. */
  readonly seen?: SeenPages;
  /** Told the ids of a page that `seen` left out. */
  readonly onUnchanged?: (ids: readonly string[]) => void;
  /** Called for every row that could not be used, in addition to the client's own `onBadRow`. */
  readonly onBadRow?: (badRow: BadRow) => void;
}

/** Options of a call that reads one page of a list. */
export interface PageOptions extends Omit<ListOptions, 'parallelPages' | 'seen' | 'onUnchanged'> {
  /**
   * Counts from 1.
   *
   * @defaultValue 1
   */
  readonly pageNum?: number;
}

/**
 * A list of the platform, page by page or as a stream of rows.
 *
 * @typeParam Row - shape of a row
 * @typeParam Filter - what narrows the list
 */
export interface Listing<Row, Filter> {
  /** Reads one page. */
  list(filter?: Filter, options?: PageOptions): Promise<ListPage<Row>>;
  /**
   * Reads all pages, each when the loop gets there; ending the loop ends the reading.
   *
   * The platform has no snapshots: while rows come and go, one may be missed; none is handed out twice. A server that
   * repeats the same page for every page number ends the loop instead of keeping it for ever.
   */
  all(filter?: Filter, options?: ListOptions): AsyncIterable<Row>;
}
