import type { BadRow, ListOptions, ListPage, PageOptions } from '../clientset/list.js';
import type { RestRequest } from '../rest/rest-request.js';
import type { Check } from './decode.js';
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
    const { page } = await this.#read(spec, options.pageNum ?? 1, options);
    const { rows, badRows, total, pageNum, pageSize } = page;
    return { rows, badRows, total, pageNum, pageSize };
  }

  /** Reads all rows, page after page, as the consumer asks for them; leaving the loop ends requests on their way. */
  async *all<Row>(spec: ListSpec<Row>, options: ListOptions = {}): AsyncGenerator<Row, void, undefined> {
    let refuse: ((problem: string) => never) | undefined;
    const left = new AbortController();
    const { signal, parallelPages = 1 } = options;
    const onAbort = (): void => left.abort(signal?.reason);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    try {
      yield* readAllPages<Row>({
        pageSize: options.pageSize ?? this.#pageSize,
        parallelPages,
        keyOf: spec.keyOf,
        read: async (pageNum) => {
          const { page, unexpected } = await this.#read(spec, pageNum, { ...options, signal: left.signal });
          refuse = unexpected;
          return page;
        },
        incomplete: (problem) => {
          refuse?.(problem);
          throw new Error(problem);
        },
      });
    } finally {
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
  ): Promise<{ readonly page: ReadPage<Row>; readonly unexpected: (problem: string) => never }> {
    const pageSize = options.pageSize ?? this.#pageSize;
    const result = await spec.request().params({ pageNum, pageSize }).options(options).do();
    const page = result.into((data) => readPage(data, spec.row, { list: spec.list, pageNum, pageSize }));
    for (const badRow of page.badRows) {
      options.onBadRow?.(badRow);
      this.#onBadRow?.(badRow);
    }
    return { page, unexpected: (problem) => result.unexpected(problem) };
  }
}
