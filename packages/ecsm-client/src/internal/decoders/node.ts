import type { NodeByName, NodeDeleteResult } from '../../clientset/nodes-client.js';
import type { NodeByNameData, NodeDetail, NodeRow, NodeStatus, NodeTypeChange } from '../../wire/node.js';
import { type Check, DecodeProblem, fields, flag, key, listOf, number, optional, or, text } from '../decode.js';

const someText = or(text, '');

/** A row of the node list. */
export const nodeRow = fields<NodeRow>({
  id: key,
  name: key,
  address: text,
  status: text,
  type: someText,
  tls: or(flag, false),
  arch: someText,
  createdTime: someText,
  password: optional(text),
  containerTotal: optional(number),
  containerRunning: optional(number),
  containerEcsmTotal: optional(number),
  containerEcsmRunning: optional(number),
  upTime: optional(number),
});

/** One node. */
export const nodeDetail = fields<NodeDetail>({
  id: key,
  name: key,
  address: text,
  tls: or(flag, false),
  type: someText,
  arch: someText,
  createdTime: someText,
  ecsdVersion: someText,
  password: optional(text),
});

const nodeByNameData = fields<NodeByNameData>({
  id: key,
  name: key,
  ip: text,
  port: number,
  type: someText,
  arch: someText,
  createdTime: someText,
  password: optional(text),
});

/** One node found by name, with the address and TLS flag in the form of the other calls. */
export const nodeByName: Check<NodeByName> = (value, at) => {
  const data = nodeByNameData(value, at);
  const host = data.ip.includes(':') ? `[${data.ip}]` : data.ip;
  return { ...data, tls: or(flag, false)(data.tls, 'tls'), address: `${host}:${data.port}` };
};

const conflicts = listOf(
  fields<{ id: string; name: string; serves: { id: string; name: string }[] }>({
    id: text,
    name: text,
    serves: listOf(fields({ id: text, name: text })),
  }),
);

/** Answer to a delete of nodes: the word `success`, or what is in the way. */
export const nodesDeleted: Check<NodeDeleteResult> = (value, at) => {
  if (value === 'success') return { deleted: true };
  if (!Array.isArray(value)) throw new DecodeProblem(at, 'is neither "success" nor a list of conflicts');
  return value.length === 0 ? { deleted: true } : { deleted: false, conflicts: conflicts(value, at) };
};

/** What a node does at the moment. */
export const nodeStatus = fields<NodeStatus>({
  id: key,
  status: text,
  memoryTotal: optional(number),
  memoryFree: optional(number),
  diskTotal: optional(number),
  diskFree: optional(number),
  cpuUsage: optional(fields({ total: number, cores: listOf(number) })),
  uptime: optional(number),
  processCount: optional(number),
  containerTotal: optional(number),
  containerRunning: optional(number),
  containerEcsmTotal: optional(number),
  containerEcsmRunning: optional(number),
  net: optional(listOf(fields({ networkName: text, upNet: number, downNet: number }))),
});

/** A node whose type changes. */
export const nodeTypeChange = fields<NodeTypeChange>({
  id: key,
  ip: text,
  port: number,
  name: text,
  type: someText,
  newType: someText,
});
