import type { NodeMetricsSample, NodeView, NodeViewContainer } from '../../wire/overview.js';
import { type Check, fields, flag, key, listOf, number, optional, or, text } from '../decode.js';

const someText = or(text, '');
// Percentages are text on the wire; a number means the same.
const percent: Check<string> = text;
const networks = or(listOf(fields({ networkName: text, value: number })), []);

/** A node with its containers and their services. */
export const nodeView = fields<NodeView>({
  id: key,
  name: text,
  status: text,
  type: someText,
  children: listOf(
    fields<NodeViewContainer>({
      id: text,
      name: text,
      node_id: someText,
      pro_id: someText,
      status: text,
      children: listOf(fields({ id: text, name: text, status: someText, health: or(flag, false) })),
    }),
  ),
});

/** Figures of a node at one time. */
export const nodeMetricsSample = fields<NodeMetricsSample>({
  timestamp: number,
  type: someText,
  cpu: fields({ percent }),
  rom: fields({ percent, size: number }),
  ram: fields({ percent, size: number }),
  processCount: or(number, 0),
  process: optional(listOf(fields({ name: text }))),
  upNet: networks,
  downNet: networks,
  upTime: number,
  running: number,
  stop: number,
});
