import type { PlatformSettings } from '../settings.js';
import { defaultSettings } from '../settings.js';
import { faultKinds, faultPresetNames } from '../faults/fault-plan.js';
import { operatingSystems } from './cluster-spec.js';

/** Words a setting may have; settings that are not here are numbers of 0 or more, or flags. */
const settingWords = {
  duplicateNames: ['refuse', 'accept'],
  putRestarts: ['changed', 'all'],
  factorOnStatic: ['ignore', 'store', 'refuse'],
  factorZero: ['zero', 'one', 'refuse'],
  actionReply: ['object', 'array'],
  replyContainers: ['taskIds', 'containerIds'],
  failureHttpStatus: ['ok', 'envelope'],
  fieldErrors: ['string', 'object'],
  stoppedServiceStatus: ['complete', 'stopped'],
  deletedServiceRow: ['untilContainersGone', 'goneAtOnce'],
  instanceActive: ['notOnline', 'deployed'],
  lostContainerStatus: ['exited', 'running'],
  returningNode: ['removeDuplicate', 'keepDuplicate'],
  restartPolicy: ['always', 'onFailure', 'never'],
  prepullScope: ['service', 'cluster'],
  nodeTypeNames: ['lower', 'display'],
  unknownTaskReply: ['error', 'successWord'],
  templateSearchReply: ['list', 'object'],
} as const satisfies {
  readonly [
    Name in keyof PlatformSettings as string extends PlatformSettings[Name]
      ? never
      : PlatformSettings[Name] extends string
        ? Name
        : never
  ]: readonly PlatformSettings[Name][];
};

const text = { type: 'string', minLength: 1 } as const;
const amount = { type: 'number', minimum: 0 } as const;
const count = { type: 'integer', minimum: 0 } as const;
const positive = { type: 'integer', minimum: 1 } as const;
const flag = { type: 'boolean' } as const;
const anyObject = { type: 'object' } as const;
const imageRef = { type: 'string', pattern: '^[^@#]+@[^@#]+#(sylixos|linux)$' } as const;
const os = { enum: operatingSystems } as const;

function object(properties: Readonly<Record<string, unknown>>, required: readonly string[] = []) {
  return { type: 'object', properties, required, additionalProperties: false } as const;
}

function list(items: unknown) {
  return { type: 'array', items } as const;
}

const load = {
  anyOf: [
    amount,
    object({ mean: amount, amplitude: amount, periodMs: { type: 'number', exclusiveMinimum: 0 } }, [
      'mean',
      'amplitude',
      'periodMs',
    ]),
  ],
} as const;

const image = object(
  {
    ref: imageRef,
    registry: text,
    arch: text,
    sizeMB: amount,
    pullMs: amount,
    author: text,
    description: { type: 'string' },
    config: anyObject,
    behaviour: object({
      startMs: amount,
      failStart: text,
      exitAfterMs: amount,
      exitCode: count,
      healthy: flag,
    }),
  },
  ['ref'],
);

const node = object(
  {
    name: text,
    count: positive,
    os,
    arch: text,
    address: { type: 'string', pattern: '^.+:\\d+$' },
    password: { type: 'string' },
    tls: flag,
    memoryMB: positive,
    diskMB: positive,
    cpuCores: positive,
    images: list(imageRef),
    foreignContainers: count,
    down: flag,
  },
  ['name', 'os'],
);

const service = object(
  {
    name: text,
    count: positive,
    image: imageRef,
    nodes: { type: 'array', items: text, minItems: 1 },
    poolSize: positive,
    policy: { enum: ['static', 'dynamic'] },
    factor: count,
    action: { enum: ['run', 'load'] },
    pullPolicy: { enum: ['IfNotPresent', 'Always', 'Never'] },
    autoUpgrade: { enum: ['Never', 'Larger', 'Always'] },
    vsoa: anyObject,
    config: anyObject,
    pathLabel: { type: 'string' },
    load,
  },
  ['name', 'image'],
);

const settings = object(
  Object.fromEntries(
    Object.entries(defaultSettings).map(([name, value]) => [
      name,
      name in settingWords
        ? { enum: settingWords[name as keyof typeof settingWords] }
        : typeof value === 'boolean'
          ? flag
          : amount,
    ]),
  ),
);

const faultFigures = {
  route: { type: 'string', pattern: '^([A-Z]+ +)?[^\\s]+$' },
  delayMs: amount,
  jitterMs: amount,
  status: { type: 'integer', minimum: 200, maximum: 599 },
  retryAfterSeconds: amount,
  bytesPerSecond: positive,
  totalOffset: { type: 'integer' },
} as const;

const faultPlan = object({
  latencyMs: amount,
  jitterMs: amount,
  rules: list({
    if: { type: 'object', required: ['script'] },
    then: object({ ...faultFigures, script: list({ enum: ['none', ...faultKinds] }) }, ['script']),
    else: object(
      {
        ...faultFigures,
        kind: { enum: faultKinds },
        probability: { type: 'number', minimum: 0, maximum: 1 },
        skip: count,
        times: count,
      },
      ['kind'],
    ),
  }),
  outages: object(
    {
      everyMs: { type: 'number', exclusiveMinimum: 0 },
      lastMs: amount,
      firstAfterMs: amount,
      kind: { enum: ['lost', 'reset'] },
    },
    ['everyMs', 'lastMs'],
  ),
  requestsPerSecond: positive,
});

const faults = {
  if: { type: 'string' },
  then: { enum: faultPresetNames },
  else: faultPlan,
} as const;

/** JSON Schemas of what people write: cluster files and the bodies of the control interface. */
export const schemas = {
  clusterFile: object(
    {
      nodes: { type: 'array', items: node, minItems: 1 },
      registries: list(object({ id: text, name: text }, ['id', 'name'])),
      images: list(image),
      services: list(service),
      settings,
      faults,
    },
    ['nodes'],
  ),
  image,
  load,
  settings,
  faults,
} as const;
