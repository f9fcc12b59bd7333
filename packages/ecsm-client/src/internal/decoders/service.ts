import type {
  DeleteByPathRow,
  DeleteServiceData,
  ServiceDetail,
  ServiceErrorInstance,
  ServiceNode,
  ServiceRow,
  ServiceSummary,
  ServiceWriteData,
} from '../../wire/service.js';
import type { Transaction } from '../../wire/transaction.js';
import {
  type Check,
  DecodeProblem,
  fields,
  flag,
  isJsonObject,
  key,
  listOf,
  number,
  object,
  optional,
  or,
  present,
  text,
} from '../decode.js';

const someText = or(text, '');

const serviceNode = fields<ServiceNode>({ nodeId: someText, nodeName: someText, address: someText });

/** More instances than any service has: what lies beyond is a mistake, such as -1 in a number without a sign. */
const mostInstances = 100_000;

const instances: Check<number> = (value, at) => {
  const count = number(value, at);
  if (Number.isInteger(count) && count >= 0 && count <= mostInstances) return count;
  throw new DecodeProblem(at, `is ${count}, not a number of instances`);
};

/** Instance counts decide what is done to a service, so a row without them is unusable rather than zero. */
const counted = {
  id: key,
  name: key,
  status: text,
  policy: text,
  instanceOnline: instances,
  createdTime: someText,
  updatedTime: someText,
  containerStatusGroup: listOf(text),
  nodeList: listOf(serviceNode),
};

/** A static service has no factor: whatever servers write there is of no use to anybody, and some leave it out. */
function byPolicy<T>(checks: Parameters<typeof fields<T>>[0]): Check<T> {
  const onEveryNode = fields<T>({ ...counted, ...checks, factor: or(number, 0) });
  const counting = fields<T>({ ...counted, ...checks, factor: instances });
  return (value, at) => (isJsonObject(value) && value['policy'] === 'static' ? onEveryNode : counting)(value, at);
}

/** A row of the service list. */
export const serviceRow = byPolicy<ServiceRow>({
  imageList: listOf(fields({ name: someText, os: someText, tag: someText })),
  instanceActive: optional(instances),
  errorInstance: listOf(
    fields<ServiceErrorInstance>({ containerId: someText, nodeId: someText, nodeName: someText, message: someText }),
  ),
  defaultLabels: optional(listOf(present)),
  pathLabel: optional(text),
});

/** One service. The image part is passed on as it is, since it is written back. */
export const serviceDetail = byPolicy<ServiceDetail>({
  healthy: flag,
  instanceActive: or(number, 0),
  image: fields({ ref: key, action: or(text, 'run'), config: or(object, {}) }),
  node: optional(fields({ names: listOf(text) })),
});

/** Answer to a create or update. */
export const serviceWritten = fields<ServiceWriteData>({ id: key, containers: listOf(text) });

/** Answer to a delete. */
export const serviceDeleted = fields<DeleteServiceData>({ transactionId: text });

/** Answer to a delete by path. */
export const deletedByPath = listOf(
  fields<DeleteByPathRow>({ provisionId: text, result: text, transactionId: optional(text) }),
);

/** How many services there are. */
export const serviceSummary = fields<ServiceSummary>({ total: number, health: number });

/** Handle of an asynchronous job. */
export const transaction = fields<Transaction>({ id: text, status: text });

/** The ids an action was carried out on: `{ids: […]}` or the list itself; an answer without ids names none. */
export const actedIds: Check<readonly string[]> = (value, at) => {
  if (value === null || value === undefined || value === 'success') return [];
  const ids = isJsonObject(value) && 'ids' in value ? value['ids'] : value;
  if (!Array.isArray(ids)) throw new DecodeProblem(at, 'is neither a list of ids nor an object with one');
  return listOf(text)(ids, at);
};
