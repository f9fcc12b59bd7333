import { sharedAbortController } from '@ecsm/api-types';

import type { BadRow, ListOptions, ListPage, PageOptions } from '../clientset/list.js';
import type { SeenPage, SeenPages } from '../clientset/seen-pages.js';
import type { RestRequest } from '../rest/rest-request.js';
import { type Check, DecodeProblem } from './decode.js';
import { readAllPages } from './read-all-pages.js';
import { readPage, type ReadPage } from './read-page.js';

/** A list of the platform: how to ask for it and how to read its rows. */
export interface ListSpec<Row> {
  /** For messages, such as `GET /service`. */
  readonly list: string;
  /** The request without its paging. */
  request(): RestRequest;
  readonly row: Check<Row>;
  /** What tells rows apart. */
  readonly keyOf?: (row: Row) => string;
  /**
   * What rows of the same key must have in common.
   *
   * @defaultValue the key
   */
  readonly nameOf?: (row: Row) => string;
}

/** What every list of a clientset shares. */
export class Lists {
  readonly #pageSize: number;
  readonly #onBadRow: ((badRow: BadRow) => void) | undefined;

  constructor(settings: { readonly pageSize: number; readonly onBadRow: ((badRow: BadRow) => void) | undefined }) {
    this.#pageSize = settings.pageSize;
    this.#onBadRow = settings.onBadRow;
  }

  /** Reads one page. */
  async page<Row>(spec: ListSpec<Row>, options: PageOptions = {}): Promise<ListPage<Row>> {
    const { page } = await this.#read(spec, options.pageNum ?? 1, options, new Map());
    const { rows, badRows, total, pageNum, pageSize } = page;
    return { rows, badRows, total, pageNum, pageSize };
  }

  /** Reads all rows, page after page, as the consumer asks for them; leaving the loop ends requests on their way. */
  async *all<Row>(spec: ListSpec<Row>, options: ListOptions = {}): AsyncGenerator<Row, void, undefined> {
    let refuse: ((problem: string) => never) | undefined;
    // Each page on its way listens to it.
    const left = sharedAbortController();
    const { signal, parallelPages = 1, onUnchanged } = options;
    const seen = spec.keyOf === undefined ? undefined : options.seen;
    const names = new Map<string, string>();
    let isComplete = false;
    const onAbort = (): void => left.abort(signal?.reason);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    seen?.begin();
    try {
      yield* readAllPages<Row>({
        pageSize: options.pageSize ?? this.#pageSize,
        parallelPages,
        keyOf: spec.keyOf,
        nameOf: spec.nameOf ?? spec.keyOf,
        seen,
        onUnchanged,
        read: async (pageNum) => {
          const { page, unexpected } = await this.#read(
            spec,
            pageNum,
            { ...options, signal: left.signal },
            names,
            seen,
          );
          refuse = unexpected;
          return page;
        },
        incomplete: (problem) => {
          refuse?.(problem);
          throw new Error(problem);
        },
      });
      isComplete = true;
    } finally {
      if (isComplete) seen?.end();
      else seen?.clear();
      signal?.removeEventListener('abort', onAbort);
      left.abort();
    }
  }

  /** Reads rows that come without pages. */
  rows<Row>(list: string, data: unknown, row: Check<Row>): readonly Row[] {
    const page = readPage({ list: data }, row, { list, pageNum: 1, pageSize: 0 });
    for (const badRow of page.badRows) this.#onBadRow?.(badRow);
    return page.rows;
  }

  async #read<Row>(
    spec: ListSpec<Row>,
    pageNum: number,
    options: ListOptions,
    names: Map<string, string>,
    seen?: SeenPages,
  ): Promise<{ readonly page: ReadPage<Row>; readonly unexpected: (problem: string) => never }> {
    const pageSize = options.pageSize ?? this.#pageSize;
    const before = seen?.find(pageNum);
    const request = spec.request().params({ pageNum, pageSize }).options(options);
    const result = await request.unless(before?.digest).do();
    const unexpected = (problem: string): never => result.unexpected(problem);
    if (before !== undefined && result.isKnown) {
      before.keys.forEach((key, index) => names.set(key, before.names[index] ?? key));
      return { page: unchangedPage(before, pageNum, pageSize), unexpected };
    }
    const page = result.into((data) => readPage(data, distinct(spec, names), { list: spec.list, pageNum, pageSize }));
    for (const badRow of page.badRows) {
      options.onBadRow?.(badRow);
      this.#onBadRow?.(badRow);
    }
    return { page: seen === undefined ? page : { ...page, digest: result.digest }, unexpected };
  }
}

/** Refuses a row that has the key of one with another name: whoever acts on such a key may mean either of them. */
function distinct<Row>({ row, keyOf, nameOf }: ListSpec<Row>, names: Map<string, string>): Check<Row> {
  if (keyOf === undefined || nameOf === undefined) return row;
  return (value, at) => {
    const checked = row(value, at);
    const key = keyOf(checked);
    const name = nameOf(checked);
    const other = names.get(key) ?? name;
    if (other !== name)
      throw new DecodeProblem(at, `has the id ${JSON.stringify(key)}, which is that of ${JSON.stringify(other)}`);
    names.set(key, name);
    return checked;
  };
}

function unchangedPage(before: SeenPage, pageNum: number, pageSize: number): ReadPage<never> {
  const { total, totalKnown, keys } = before;
  return { unchanged: before, total, totalKnown, received: keys.length, rows: [], badRows: [], pageNum, pageSize };
}
