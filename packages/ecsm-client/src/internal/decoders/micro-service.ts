import type { MicroServiceDetail, MicroServiceInstanceRow, MicroServiceRow } from '../../wire/micro-service.js';
import { fields, flag, key, listOf, number, optional, or, text } from '../decode.js';

const common = {
  id: key,
  name: key,
  imageName: or(text, ''),
  healthInstance: number,
  instance: number,
  loadBalance: text,
};

/** A row of the list. */
export const microServiceRow = fields<MicroServiceRow>(common);

/** One micro-service. */
export const microServiceDetail = fields<MicroServiceDetail>({
  ...common,
  boDynamic: optional(flag),
  loadBalanceDetail: optional(listOf(fields({ id: text }))),
});

/** Where a peer reaches an instance; without address or port the row is of no use. */
export const microServiceInstance = fields<MicroServiceInstanceRow>({
  id: or(text, ''),
  taskId: text,
  ip: key,
  vsoaPort: number,
});
