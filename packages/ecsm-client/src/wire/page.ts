/**
 * One page of a list. A page past the end has an empty `list`.
 *
 * @typeParam Row - shape of a row
 */
export interface Page<Row> {
  /** Rows over all pages, at the moment of this answer. */
  readonly total: number;
  /** Counts from 1; echoes the request. */
  readonly pageNum: number;
  readonly pageSize: number;
  readonly list: readonly Row[];
}

/** The paging part of a list's query. */
export interface PageQuery {
  /** Counts from 1. */
  readonly pageNum: number;
  readonly pageSize: number;
}
