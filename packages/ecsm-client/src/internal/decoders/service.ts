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

/** Instance counts decide what is done to a service, so a row without them is unusable rather than zero. */
const counted = {
  id: key,
  name: key,
  status: text,
  policy: text,
  factor: number,
  instanceOnline: number,
  createdTime: someText,
  updatedTime: someText,
  containerStatusGroup: listOf(text),
  nodeList: listOf(serviceNode),
};

/** A static service has no factor; some servers leave it out there. */
function withFactor<T>(check: Check<T>): Check<T> {
  return (value, at) => {
    if (isJsonObject(value) && value['policy'] === 'static') value['factor'] ??= 0;
    return check(value, at);
  };
}

/** A row of the service list. */
export const serviceRow = withFactor(
  fields<ServiceRow>({
    ...counted,
    imageList: listOf(fields({ name: someText, os: someText, tag: someText })),
    instanceActive: optional(number),
    errorInstance: listOf(
      fields<ServiceErrorInstance>({ containerId: someText, nodeId: someText, nodeName: someText, message: someText }),
    ),
    defaultLabels: optional(listOf(present)),
    pathLabel: optional(text),
  }),
);

/** One service. The image part is passed on as it is, since it is written back. */
export const serviceDetail = withFactor(
  fields<ServiceDetail>({
    ...counted,
    healthy: flag,
    instanceActive: or(number, 0),
    image: fields({ ref: key, action: or(text, 'run'), config: or(object, {}) }),
    node: optional(fields({ names: listOf(text) })),
  }),
);

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
