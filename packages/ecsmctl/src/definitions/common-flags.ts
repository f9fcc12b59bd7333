import type { Flags } from '../cli/flag.js';

/** Which manifests a command reads. */
export const fileFlags = {
  filename: {
    type: 'strings',
    short: 'f',
    value: 'FILE',
    description: 'a manifest (YAML or JSON), a folder of them, or - for stdin; may be given several times',
    complete: 'files',
  },
  recursive: { type: 'boolean', short: 'R', description: 'with a folder: the folders in it too' },
} as const satisfies Flags;

/** Which objects a command works on, besides names. */
export const selectorFlags = {
  selector: {
    type: 'string',
    short: 'l',
    value: 'SELECTOR',
    description: 'only objects with these labels, e.g. app=web,tier!=test',
  },
  'field-selector': {
    type: 'string',
    value: 'SELECTOR',
    description: 'only objects with these fields, e.g. status.readyReplicas!=0',
  },
} as const satisfies Flags;

/** The same where an object has to be named, so that none is meant by mistake: `--all` then means all of them. */
export const chooseFlags = {
  ...selectorFlags,
  all: { type: 'boolean', description: 'all objects of the type in the namespace' },
} as const satisfies Flags;

/** All namespaces instead of one. */
export const allNamespacesFlag = {
  'all-namespaces': { type: 'boolean', short: 'A', description: 'objects of all namespaces' },
} as const satisfies Flags;

/** How results are printed. */
export const outputFlag = {
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    description: 'table, wide, json, yaml, name, jsonpath=TEMPLATE or custom-columns=HEADING:PATH,...',
    complete: ['table', 'wide', 'json', 'yaml', 'name', 'jsonpath=', 'custom-columns='],
  },
} as const satisfies Flags;

/** How results that are no table are printed. */
export const textOutputFlag = {
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    default: 'text',
    choices: ['text', 'json', 'yaml'],
    description: 'text, json or yaml',
  },
} as const satisfies Flags;

/** How results that are data are printed. */
export const dataOutputFlag = {
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    default: 'yaml',
    choices: ['yaml', 'json'],
    description: 'yaml or json',
  },
} as const satisfies Flags;

/** Checks without writing. */
export const dryRunFlag = {
  'dry-run': {
    type: 'string',
    value: 'WHERE',
    default: 'none',
    choices: ['none', 'client', 'server'],
    description: 'none, client (reads manifests and checks their form) or server (checks everything, writes nothing)',
  },
} as const satisfies Flags;

/** What to do with unknown fields. */
export const validateFlag = {
  validate: {
    type: 'string',
    value: 'MODE',
    default: 'strict',
    choices: ['strict', 'warn', 'ignore', 'true', 'false'],
    description: 'unknown fields are an error (strict), a warning (warn) or nothing (ignore)',
  },
} as const satisfies Flags;
