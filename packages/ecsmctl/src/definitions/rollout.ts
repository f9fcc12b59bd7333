import { command } from '../cli/command.js';
import type { Flags } from '../cli/flag.js';
import { allNamespacesFlag, chooseFlags, dryRunFlag, outputFlag } from './common-flags.js';

/** Flags of `rollout status`. */
export const rolloutStatusFlags = {
  watch: {
    type: 'boolean',
    short: 'w',
    default: true,
    description: 'wait until the rollout is done; --watch=false tells how it stands',
  },
  timeout: { type: 'duration', value: 'DURATION', description: 'how long to wait (default: for ever)' },
} as const satisfies Flags;

/** Flags of `rollout history`. */
export const rolloutHistoryFlags = {
  revision: { type: 'number', value: 'N', min: 0, description: 'show the template of this revision' },
  ...outputFlag,
} as const satisfies Flags;

/** Flags of `rollout undo`. */
export const rolloutUndoFlags = {
  'to-revision': {
    type: 'number',
    value: 'N',
    min: 0,
    description: 'the revision to return to (default, or 0: the latest that differs from the present)',
  },
  ...dryRunFlag,
} as const satisfies Flags;

/** Flags of `rollout pause`, `resume` and `restart`. */
export const rolloutChangeFlags = { ...dryRunFlag } as const satisfies Flags;

/** Flags of `wait`. */
export const waitFlags = {
  for: {
    type: 'string',
    value: 'WHAT',
    description: 'condition=TYPE[=STATUS], create, delete, or jsonpath={PATH}[=VALUE]',
    complete: ['condition=Available', 'create', 'delete', 'jsonpath='],
  },
  timeout: { type: 'duration', value: 'DURATION', default: 30_000, description: 'how long to wait for each object' },
  ...chooseFlags,
} as const satisfies Flags;

/** Flags of `events`. */
export const eventsFlags = {
  ...allNamespacesFlag,
  ...outputFlag,
  for: { type: 'string', value: 'TYPE/NAME', description: 'only events about this object or node' },
  types: { type: 'string', value: 'TYPES', description: 'only events of these types: Normal, Warning' },
  watch: { type: 'boolean', short: 'w', description: 'go on and print what happens' },
  'no-headers': { type: 'boolean', description: 'no line of headings' },
} as const satisfies Flags;

const target = { usage: 'TYPE NAME | TYPE/NAME', arguments: { min: 1, max: 2 }, complete: ['types', 'names'] } as const;

/** Commands about changes on their way. */
export const rolloutCommands = [
  command({
    name: 'rollout status',
    group: 'Rollouts',
    summary: 'show how far a change has got, until it is done',
    ...target,
    examples: [{ does: 'wait for a change to arrive', line: 'ecsmctl rollout status es/web --timeout 5m' }],
    readsOnly: true,
    flags: rolloutStatusFlags,
    load: async () => (await import('../commands/rollout-status.js')).rolloutStatus,
  }),
  command({
    name: 'rollout history',
    group: 'Rollouts',
    summary: 'list the kept revisions of a service',
    ...target,
    examples: [{ does: 'the template of an earlier revision', line: 'ecsmctl rollout history es/web --revision 2' }],
    readsOnly: true,
    flags: rolloutHistoryFlags,
    load: async () => (await import('../commands/rollout-history.js')).rolloutHistory,
  }),
  command({
    name: 'rollout undo',
    group: 'Rollouts',
    summary: 'return to an earlier revision',
    ...target,
    examples: [{ does: 'back to the revision before', line: 'ecsmctl rollout undo es/web' }],
    flags: rolloutUndoFlags,
    load: async () => (await import('../commands/rollout-history.js')).rolloutUndo,
  }),
  command({
    name: 'rollout pause',
    group: 'Rollouts',
    summary: 'let a rollout stand still; healing and scaling go on',
    ...target,
    flags: rolloutChangeFlags,
    load: async () => (await import('../commands/rollout-change.js')).rolloutPause,
  }),
  command({
    name: 'rollout resume',
    group: 'Rollouts',
    summary: 'let a paused rollout go on',
    ...target,
    flags: rolloutChangeFlags,
    load: async () => (await import('../commands/rollout-change.js')).rolloutResume,
  }),
  command({
    name: 'rollout restart',
    group: 'Rollouts',
    summary: 'replace all instances, as its update strategy says',
    ...target,
    flags: rolloutChangeFlags,
    load: async () => (await import('../commands/rollout-change.js')).rolloutRestart,
  }),
  command({
    name: 'wait',
    group: 'Rollouts',
    summary: 'wait until objects are in a state',
    usage: 'TYPE NAME... | TYPE -l SELECTOR | TYPE --all --for WHAT',
    arguments: { min: 1 },
    complete: ['types', 'names'],
    examples: [
      { does: 'until a service is available', line: 'ecsmctl wait es/web --for condition=Available --timeout 2m' },
      { does: 'until it is gone', line: 'ecsmctl wait es/web --for delete' },
      {
        does: 'until three instances are ready',
        line: `ecsmctl wait es/web --for jsonpath='{.status.readyReplicas}'=3`,
      },
    ],
    readsOnly: true,
    flags: waitFlags,
    load: async () => (await import('../commands/wait.js')).wait,
  }),
  command({
    name: 'events',
    group: 'Rollouts',
    summary: 'list what happened to objects lately',
    arguments: { max: 0 },
    examples: [{ does: 'what happened to a service, as it happens', line: 'ecsmctl events --for es/web --watch' }],
    readsOnly: true,
    flags: eventsFlags,
    load: async () => (await import('../commands/events.js')).events,
  }),
];
