import type { Page } from '@ecsm/ecsm-client';

import { invalidFields } from '../cluster/service-request.js';
import { integer, type Query } from './query.js';

/** The page a list request asks for. */
export interface PageRequest {
  readonly pageNum: number;
  readonly pageSize: number;
}

/**
 * Reads `pageNum` and `pageSize`, which lists require.
 *
 * @throws {@link PlatformError} (`invalid`)
 */
export function pageRequest(query: Query): PageRequest {
  const pageNum = integer(query, 'pageNum');
  const pageSize = integer(query, 'pageSize');
  const errors: Record<string, string> = {};
  if (pageNum === undefined || (pageNum < 1 && pageNum !== -1)) errors['pageNum'] = 'must be an integer of 1 or more';
  if (pageSize === undefined || pageSize < 1) errors['pageSize'] = 'must be an integer of 1 or more';
  if (pageNum === undefined || pageSize === undefined || Object.keys(errors).length > 0) throw invalidFields(errors);
  return { pageNum, pageSize };
}

/** Cuts one page out of a sequence of known length; rows outside the page are skipped, not built. Page -1 is everything. */
export function page<Item, Row>(
  request: PageRequest,
  items: Iterable<Item>,
  total: number,
  row: (item: Item) => Row,
): Page<Row> {
  const { pageNum, pageSize } = request;
  const from = pageNum === -1 ? 0 : (pageNum - 1) * pageSize;
  const to = pageNum === -1 ? Infinity : from + pageSize;
  const list: Row[] = [];
  let index = 0;
  for (const item of items) {
    if (index >= to) break;
    if (index >= from) list.push(row(item));
    index++;
  }
  return { total, pageNum, pageSize, list };
}
