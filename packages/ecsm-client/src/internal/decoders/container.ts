import type { ActionHistoryRow, ContainerRow } from '../../wire/container.js';
import { fields, key, listOf, number, optional, or, text } from '../decode.js';

const someText = or(text, '');
const figure = optional(number);
const word = optional(text);

/** A container. Its `id` may be empty before it exists; `taskId` is its key. */
export const containerRow = fields<ContainerRow>({
  taskId: key,
  id: someText,
  name: text,
  status: text,
  serviceId: someText,
  serviceName: someText,
  nodeId: someText,
  nodeName: someText,
  uptime: figure,
  startedTime: word,
  createdTime: word,
  taskCreatedTime: word,
  deployStatus: word,
  failedMessage: word,
  restartCnt: figure,
  deployNum: figure,
  cpuUsage: optional(fields({ total: number, cores: listOf(number) })),
  memoryLimit: figure,
  memoryUsage: figure,
  memoryMaxUsage: figure,
  sizeUsage: figure,
  sizeLimit: figure,
  address: word,
  nodeArch: word,
  imageId: word,
  imageName: word,
  imageVersion: word,
  imageOS: word,
  imageArch: word,
});

/** A command carried out on a container. */
export const actionHistoryRow = fields<ActionHistoryRow>({ id: text, cmd: text, user: someText, time: someText });
