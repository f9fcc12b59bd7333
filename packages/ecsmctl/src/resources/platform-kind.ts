import type { CallOptions, Clientset, ListPage } from '@ecsm/ecsm-client';

import type { Column } from '../output/column.js';

/** What narrows a list of the platform; each kind uses those that it knows. */
export interface PlatformFilter {
  /** Part of the name, as the platform searches. */
  readonly name?: string | undefined;
  readonly imageId?: string | undefined;
  readonly nodeId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly pathLabel?: string | undefined;
  readonly os?: string | undefined;
  readonly author?: string | undefined;
  readonly registryId?: string | undefined;
  /** Leaves out run-time figures. */
  readonly basic?: boolean;
}

/** The flags that stand for the members of a {@link PlatformFilter}. */
export const filterFlags = {
  name: 'name',
  imageId: 'image-id',
  nodeId: 'node',
  serviceId: 'service',
  pathLabel: 'path-label',
  os: 'os',
  author: 'author',
  registryId: 'registry-id',
  basic: 'basic',
} as const satisfies Record<keyof PlatformFilter, string>;

/** How many rows to read. */
export interface PlatformListOptions extends CallOptions {
  /** Only this page; all of them without it. */
  readonly page?: number | undefined;
  /** Rows in a request. */
  readonly pageSize?: number | undefined;
}

/**
 * A kind of thing that the platform has.
 *
 * @typeParam Row - what its list shows of each
 */
export interface PlatformKind<Row extends object = object> {
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly columns: readonly Column<Row>[];
  /** Which filters its list takes. */
  readonly filters: readonly (keyof PlatformFilter)[];
  readonly idOf: (row: Row) => string;
  readonly nameOf: (row: Row) => string;
  /** What else it may be called exactly; of images, the reference without the os. */
  readonly otherNamesOf?: (row: Row) => readonly string[];
  /** Whether the list can search by a part of the name; then an exact name is found with one request. */
  readonly searchable: boolean;
  readonly list: (platform: Clientset, filter: PlatformFilter, options: PlatformListOptions) => AsyncIterable<Row>;
  /** What may be shown of a row: without passwords. */
  readonly publish?: (row: Row) => object;
}

/** How a client is asked for all rows. */
export interface AllOptions {
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

/** How a client is asked for the rows of one page. */
export interface PageOptions extends AllOptions {
  readonly pageNum: number;
}

/** The rows of one page, or of all of them. */
export async function* pageOrAll<Row>(
  options: PlatformListOptions,
  page: (options: PageOptions) => Promise<ListPage<Row>>,
  all: (options: AllOptions) => AsyncIterable<Row>,
): AsyncIterable<Row> {
  const { page: pageNum, pageSize, signal } = options;
  const common = { ...(pageSize === undefined ? {} : { pageSize }), ...(signal === undefined ? {} : { signal }) };
  if (pageNum === undefined) yield* all(common);
  else yield* (await page({ ...common, pageNum })).rows;
}
