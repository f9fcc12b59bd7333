import { command } from '../cli/command.js';
import type { Flags } from '../cli/flag.js';
import { allNamespacesFlag, outputFlag, selectorFlags } from './common-flags.js';

/** Flags of `get`. */
export const getFlags = {
  ...allNamespacesFlag,
  ...selectorFlags,
  ...outputFlag,
  'sort-by': { type: 'string', value: 'PATH', description: 'sort by a field, e.g. .metadata.creationTimestamp' },
  watch: { type: 'boolean', short: 'w', description: 'go on and print what changes' },
  'watch-only': { type: 'boolean', description: 'print only what changes from now on' },
  'show-labels': { type: 'boolean', description: 'a column with the labels' },
  'label-columns': {
    type: 'strings',
    short: 'L',
    value: 'KEY,...',
    description: 'a column for each of these labels; may be given several times',
  },
  'no-headers': { type: 'boolean', description: 'no line of headings' },
  'ignore-not-found': { type: 'boolean', description: 'what is not there is no error, and nothing is said of it' },
  page: { type: 'number', short: 'p', value: 'N', min: 1, description: 'platform lists: only this page, from 1' },
  'page-size': {
    type: 'number',
    min: 1,
    short: 's',
    value: 'N',
    description: 'platform lists: rows in a request',
    default: 100,
  },
  name: { type: 'string', value: 'PART', description: 'platform lists: only names that contain this' },
  node: {
    type: 'string',
    value: 'NODE',
    description: 'services and containers: only those on this node',
    complete: 'nodes',
  },
  'node-id': {
    type: 'string',
    value: 'ID',
    hidden: true,
    description: 'as the earlier tool has it: the same as --node',
  },
  all: { type: 'boolean', hidden: true, description: 'as the earlier tool has it: all rows come without it' },
  service: {
    type: 'string',
    value: 'SERVICE',
    description: 'containers and records: only those of this service',
    complete: 'services',
  },
  'image-id': { type: 'string', value: 'ID', description: 'services: only those with this image' },
  'path-label': { type: 'string', value: 'PART', description: 'services: only those below a template path' },
  'registry-id': { type: 'string', value: 'ID', description: 'images: the registry to look in', default: 'local' },
  os: { type: 'string', value: 'OS', description: 'images: only those for this system' },
  author: { type: 'string', value: 'NAME', description: 'images: only those of this author' },
  basic: { type: 'boolean', description: 'nodes: without run-time figures, which is cheaper' },
} as const satisfies Flags;

/** `get`. */
export const get = command({
  name: 'get',
  group: 'Objects',
  summary: 'show one or many objects, declared or of the platform',
  details:
    'Declared objects come from the registry, nodes, services, containers, images and the like from the platform. ' +
    'Names of platform things are exact names or ids.',
  usage: 'TYPE[,TYPE...] [NAME...] | TYPE/NAME...',
  arguments: { min: 1 },
  complete: ['types', 'names'],
  examples: [
    { does: 'declared services of the namespace', line: 'ecsmctl get es' },
    { does: 'one of them, as it is stored', line: 'ecsmctl get es web -o yaml' },
    { does: 'all namespaces, as they change', line: 'ecsmctl get es -A --watch' },
    {
      does: 'the images of all declared services',
      line: `ecsmctl get es -o jsonpath='{.items[*].spec.template.image}'`,
    },
    { does: 'nodes of the platform', line: 'ecsmctl get nodes -o wide' },
    { does: 'containers of a service on a node', line: 'ecsmctl get containers --service web-1 --node n1' },
    { does: 'platform services that objects of a namespace own', line: 'ecsmctl get services -n default' },
  ],
  readsOnly: true,
  flags: getFlags,
  load: async () => (await import('../commands/get.js')).get,
});
