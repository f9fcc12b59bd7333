import { command } from '../cli/command.js';
import type { Flags } from '../cli/flag.js';
import { allNamespacesFlag, selectorFlags } from './common-flags.js';

/** Flags of `describe`. */
export const describeFlags = {
  ...allNamespacesFlag,
  ...selectorFlags,
  'registry-id': { type: 'string', value: 'ID', description: 'images: the registry to look in', default: 'local' },
  'show-events': { type: 'boolean', description: 'what happened to the object lately', default: true },
} as const satisfies Flags;

/** `describe`. */
export const describe = command({
  name: 'describe',
  group: 'Objects',
  summary: 'show everything about objects, with conditions, containers and events',
  details: 'Passwords are masked. What the platform cannot tell at the moment is left out, and said to be.',
  usage: 'TYPE [NAME...] | TYPE/NAME...',
  arguments: { min: 1 },
  complete: ['types', 'names'],
  examples: [
    { does: 'a declared service, its containers and events', line: 'ecsmctl describe es web' },
    { does: 'a node of the platform', line: 'ecsmctl describe node n1' },
    { does: 'an image', line: 'ecsmctl describe image web@1.0.0#sylixos' },
  ],
  readsOnly: true,
  flags: describeFlags,
  load: async () => (await import('../commands/describe.js')).describe,
});
