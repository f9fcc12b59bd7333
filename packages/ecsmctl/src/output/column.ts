/**
 * One column of a table.
 *
 * @typeParam T - what a row is made from
 */
export interface Column<T> {
  readonly heading: string;
  readonly value: (item: T) => string | number | boolean | undefined | null;
  /** Shown in wide output only. */
  readonly wide?: boolean;
}
