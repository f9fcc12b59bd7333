import { command } from '../cli/command.js';
import type { Flags } from '../cli/flag.js';
import {
  allNamespacesFlag,
  chooseFlags,
  dataOutputFlag,
  dryRunFlag,
  fileFlags,
  outputFlag,
  validateFlag,
} from './common-flags.js';

/** Flags of `apply`. */
export const applyFlags = {
  ...fileFlags,
  ...dryRunFlag,
  ...validateFlag,
  ...outputFlag,
  atomic: { type: 'boolean', description: 'all documents in one transaction, or none' },
  'force-conflicts': { type: 'boolean', description: 'take over fields that somebody else has changed since' },
  prune: { type: 'boolean', description: 'delete objects that match -l and are not in the manifests' },
  selector: {
    type: 'string',
    short: 'l',
    value: 'SELECTOR',
    description: 'with --prune: which objects the manifests are all of',
  },
  manager: {
    type: 'string',
    value: 'NAME',
    default: 'default',
    description: 'who applies; each manager has his own last applied state',
  },
} as const satisfies Flags;

/** Flags of `create` and `replace`. */
export const createFlags = { ...fileFlags, ...dryRunFlag, ...validateFlag, ...outputFlag } as const satisfies Flags;

/** Flags of `diff`. */
export const diffFlags = {
  ...fileFlags,
  ...validateFlag,
  'force-conflicts': applyFlags['force-conflicts'],
  manager: applyFlags.manager,
  'no-plan': { type: 'boolean', description: 'do not ask the platform what the operator would then do' },
} as const satisfies Flags;

/** Flags of `delete`. */
export const deleteFlags = {
  ...fileFlags,
  ...allNamespacesFlag,
  ...chooseFlags,
  cascade: {
    type: 'string',
    value: 'HOW',
    default: 'background',
    choices: ['background', 'foreground', 'orphan'],
    description: 'what becomes of objects that the deleted one owns: background, foreground or orphan',
  },
  'dry-run': dryRunFlag['dry-run'],
  wait: {
    type: 'boolean',
    default: true,
    description: 'wait until the objects are gone; --wait=false returns at once',
  },
  timeout: {
    type: 'duration',
    value: 'DURATION',
    description:
      'how long to wait, also when no operator is seen running (default: for ever when one is, else not at all)',
  },
  'ignore-not-found': {
    type: 'boolean',
    hidden: true,
    description: 'as kubectl has it; nothing to delete is never an error here',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['name'],
    description: 'name: only the names of what is deleted',
  },
} as const satisfies Flags;

/** Flags of `edit`. */
export const editFlags = {
  ...validateFlag,
  ...dataOutputFlag,
} as const satisfies Flags;

/** Flags of `patch`. */
export const patchFlags = {
  patch: { type: 'string', short: 'p', value: 'PATCH', description: 'the change, as JSON or YAML' },
  'patch-file': { type: 'string', value: 'FILE', description: 'the file that holds it', complete: 'files' },
  type: {
    type: 'string',
    value: 'TYPE',
    default: 'merge',
    choices: ['merge', 'json'],
    description: 'merge (RFC 7386) or json (RFC 6902)',
  },
  subresource: {
    type: 'string',
    value: 'PART',
    default: 'spec',
    choices: ['spec', 'status'],
    description: 'the part that is changed: spec or status',
  },
  ...dryRunFlag,
  ...outputFlag,
} as const satisfies Flags;

/** Flags of `label` and `annotate`. */
export const labelFlags = {
  ...chooseFlags,
  overwrite: { type: 'boolean', description: 'replace values that are there' },
  ...dryRunFlag,
  ...outputFlag,
} as const satisfies Flags;

/** Flags of `scale`. */
export const scaleFlags = {
  ...chooseFlags,
  replicas: { type: 'number', value: 'N', min: 0, description: 'the wanted number of instances' },
  'current-replicas': {
    type: 'number',
    value: 'N',
    min: -1,
    description: 'only if this is the wanted number now (-1: whatever it is)',
  },
  ...dryRunFlag,
} as const satisfies Flags;

/** Flags of `autoscale`. */
export const autoscaleFlags = {
  min: { type: 'number', value: 'N', default: 1, description: 'never fewer instances' },
  max: { type: 'number', value: 'N', description: 'never more instances' },
  'cpu-percent': { type: 'number', value: 'N', description: 'the mean CPU load to steer to (default 80)' },
  name: { type: 'string', value: 'NAME', description: 'name of the autoscaler (default: that of the service)' },
  ...dryRunFlag,
  ...outputFlag,
} as const satisfies Flags;

/** Commands that write declared objects. */
export const writeCommands = [
  command({
    name: 'apply',
    group: 'Objects',
    summary: 'create objects or change them to what manifests say',
    details:
      'Each document is applied on its own: a bad one is reported and the others go on, unless --atomic. Fields that you stop naming go; fields that others set stay.',
    usage: '-f FILE',
    arguments: { max: 0 },
    examples: [
      { does: 'apply a manifest', line: 'ecsmctl apply -f web.yaml' },
      { does: 'apply a folder, all or nothing', line: 'ecsmctl apply -f manifests/ -R --atomic' },
      { does: 'apply what a program writes', line: 'render | ecsmctl apply -f -' },
      { does: 'delete what the manifests no longer hold', line: 'ecsmctl apply -f manifests/ --prune -l app=web' },
    ],
    flags: applyFlags,
    load: async () => (await import('../commands/apply.js')).apply,
  }),
  command({
    name: 'create',
    group: 'Objects',
    summary: 'create objects from manifests; those that exist are an error',
    usage: '-f FILE',
    arguments: { max: 0 },
    examples: [{ does: 'create a service', line: 'ecsmctl create -f web.yaml' }],
    flags: createFlags,
    load: async () => (await import('../commands/create.js')).create,
  }),
  command({
    name: 'replace',
    group: 'Objects',
    summary: 'replace objects by what manifests say',
    details: 'A resourceVersion in the manifest must be the stored one; without one the newest object is replaced.',
    usage: '-f FILE',
    arguments: { max: 0 },
    examples: [{ does: 'replace a service', line: 'ecsmctl replace -f web.yaml' }],
    flags: createFlags,
    load: async () => (await import('../commands/create.js')).replace,
  }),
  command({
    name: 'diff',
    group: 'Objects',
    readsOnly: true,
    summary: 'show what apply would change, and what the operator would then do on the platform',
    details: 'Writes nothing. Exit code 0 when nothing would change, 1 when something would, above 1 on errors.',
    usage: '-f FILE',
    arguments: { max: 0 },
    examples: [{ does: 'look before you apply', line: 'ecsmctl diff -f web.yaml' }],
    flags: diffFlags,
    load: async () => (await import('../commands/diff.js')).diff,
  }),
  command({
    name: 'delete',
    group: 'Objects',
    summary: 'delete objects; what is not there is no error',
    details:
      'An object that owns something on the platform is marked at once and goes when the operator has cleaned up, which is waited for. ' +
      'Ctrl-C ends the waiting, not the deletion. When no operator is running, there is nothing to wait for; one with leaderElection: none cannot be seen, so give --timeout to wait for it.',
    usage: 'TYPE NAME... | TYPE -l SELECTOR | TYPE --all | -f FILE',
    complete: ['types', 'names'],
    examples: [
      { does: 'delete a service', line: 'ecsmctl delete es web' },
      { does: 'delete what a manifest names, without waiting', line: 'ecsmctl delete -f web.yaml --wait=false' },
      { does: 'delete by label', line: 'ecsmctl delete es -l app=web' },
    ],
    flags: deleteFlags,
    load: async () => (await import('../commands/delete.js')).deleteObjects,
  }),
  command({
    name: 'edit',
    group: 'Objects',
    summary: 'change an object in your editor',
    details: 'The editor is that of ECSMCTL_EDITOR, VISUAL or EDITOR, else vi.',
    usage: 'TYPE NAME | TYPE/NAME',
    arguments: { min: 1, max: 2 },
    complete: ['types', 'names'],
    examples: [{ does: 'edit a service', line: 'ecsmctl edit es web' }],
    flags: editFlags,
    load: async () => (await import('../commands/edit.js')).edit,
  }),
  command({
    name: 'patch',
    group: 'Objects',
    summary: 'change fields of an object',
    usage: 'TYPE NAME | TYPE/NAME -p PATCH',
    arguments: { min: 1, max: 2 },
    complete: ['types', 'names'],
    examples: [
      { does: 'another image', line: `ecsmctl patch es web -p '{"spec":{"template":{"image":"web@1.1.0"}}}'` },
    ],
    flags: patchFlags,
    load: async () => (await import('../commands/patch.js')).patch,
  }),
  command({
    name: 'label',
    group: 'Objects',
    summary: 'set or remove labels',
    usage: 'TYPE NAME... KEY=VALUE... KEY-...',
    arguments: { min: 2 },
    complete: ['types', 'names'],
    examples: [{ does: 'set one label and remove another', line: 'ecsmctl label es web tier=front canary-' }],
    flags: labelFlags,
    load: async () => (await import('../commands/label.js')).label,
  }),
  command({
    name: 'annotate',
    group: 'Objects',
    summary: 'set or remove annotations',
    usage: 'TYPE NAME... KEY=VALUE... KEY-...',
    arguments: { min: 2 },
    complete: ['types', 'names'],
    examples: [{ does: 'note who is responsible', line: 'ecsmctl annotate es web team=guidance' }],
    flags: labelFlags,
    load: async () => (await import('../commands/label.js')).annotate,
  }),
  command({
    name: 'scale',
    group: 'Objects',
    summary: 'set the wanted number of instances',
    usage: 'TYPE NAME... | TYPE -l SELECTOR | TYPE --all --replicas N',
    arguments: { min: 1 },
    complete: ['types', 'names'],
    examples: [{ does: 'run five instances', line: 'ecsmctl scale es web --replicas 5' }],
    flags: scaleFlags,
    load: async () => (await import('../commands/scale.js')).scale,
  }),
  command({
    name: 'autoscale',
    group: 'Objects',
    summary: 'let an autoscaler set the number of instances',
    usage: 'es NAME | es/NAME --max N',
    arguments: { min: 1, max: 2 },
    complete: ['types', 'names'],
    examples: [
      {
        does: 'between 2 and 8 instances at 60 % CPU',
        line: 'ecsmctl autoscale es web --min 2 --max 8 --cpu-percent 60',
      },
    ],
    flags: autoscaleFlags,
    load: async () => (await import('../commands/autoscale.js')).autoscale,
  }),
];
