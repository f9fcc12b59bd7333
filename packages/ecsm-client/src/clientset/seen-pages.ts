/** A page of a list as it last came. */
export interface SeenPage {
  readonly digest: string;
  /** What tells its rows apart, in their order. */
  readonly keys: readonly string[];
  /** Their names. */
  readonly names: readonly string[];
  readonly total: number;
  readonly totalKnown: boolean;
}

/**
 * The pages of one list as they last came, for a reader who looks at it again and again: pages that come again byte for byte
 * are not parsed, and their rows not handed out.
 *
 * It belongs to one list with one filter and one page size, and to one reading at a time. A reading that fails or is left
 * early forgets everything, and so the next one hands out every row. For 10,000 services it takes about a megabyte.
 *
 * @example
 * ```ts
 * const seen = new SeenPages();
 * const onUnchanged = (ids: readonly string[]): void => console.log(ids.length, 'services are as they were');
 * for await (const row of ecsm.services.all({}, { seen, onUnchanged })) console.log(row.name);
 * ```
 */
export class SeenPages {
  readonly #pages = new Map<number, SeenPage>();
  /** Keys whose rows are to be handed out again, with the reading during which that was asked for. */
  readonly #wanted = new Map<string, number>();
  #reading = 0;
  #lastPage = 0;

  /** Has the row of a key handed out by the next reading that begins, with the others of its page, changed or not. */
  want(key: string): void {
    this.#wanted.set(key, this.#reading);
  }

  /** Has every row handed out by the next reading. */
  clear(): void {
    this.#pages.clear();
    this.#wanted.clear();
  }

  /** @internal */
  begin(): void {
    this.#reading++;
    this.#lastPage = 0;
  }

  /**
   * A page that need not be read if it is the same still.
   *
   * @internal
   */
  find(pageNum: number): SeenPage | undefined {
    const page = this.#pages.get(pageNum);
    const isWanted = this.#wanted.size > 0 && page?.keys.some((key) => this.#wanted.has(key)) === true;
    return isWanted ? undefined : page;
  }

  /**
   * Notes a page whose rows were all handed out; `undefined` for one that has to be read again.
   *
   * @internal
   */
  note(pageNum: number, page: SeenPage | undefined): void {
    this.#lastPage = pageNum;
    if (page === undefined) this.#pages.delete(pageNum);
    else this.#pages.set(pageNum, page);
  }

  /**
   * Ends a reading after its last page: what was wanted before it has been handed out, or is no longer there.
   *
   * @internal
   */
  end(): void {
    for (const [key, reading] of this.#wanted) if (reading < this.#reading) this.#wanted.delete(key);
    for (const pageNum of this.#pages.keys()) if (pageNum > this.#lastPage) this.#pages.delete(pageNum);
  }
}
