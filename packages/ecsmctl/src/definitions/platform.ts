import { command, type AnyCommand } from '../cli/command.js';
import type { Flags } from '../cli/flag.js';
import { dataOutputFlag, outputFlag, textOutputFlag } from './common-flags.js';

const forceFlag = {
  force: {
    type: 'boolean',
    description: 'also when a declared object owns the service and the operator would undo it',
  },
} as const satisfies Flags;

/** Flags of verbs that act on running services and containers. */
export const actFlags = { ...forceFlag } as const satisfies Flags;

/** Flags of `node add`. */
export const nodeAddFlags = {
  address: { type: 'string', value: 'IP:PORT', description: 'where the ECSD of the node listens' },
  'password-stdin': { type: 'boolean', description: 'read the password of the ECSD from stdin' },
  password: { type: 'string', value: 'TEXT', description: 'the password of the ECSD; rather use --password-stdin' },
  tls: { type: 'boolean', description: 'encrypt the link to the ECSD' },
} as const satisfies Flags;

/** Flags of `node update`; what is not given stays. */
export const nodeUpdateFlags = {
  ...nodeAddFlags,
  'new-name': { type: 'string', value: 'NAME', description: 'another name' },
  'no-tls': { type: 'boolean', description: 'do not encrypt the link' },
} as const satisfies Flags;

/** Flags of `service create` and `service update`. */
export const serviceFileFlags = {
  filename: {
    type: 'string',
    short: 'f',
    value: 'FILE',
    description: 'the request as the platform takes it (YAML or JSON), or -',
    complete: 'files',
  },
  ...forceFlag,
} as const satisfies Flags;

/** Flags of `service rollback`. */
export const serviceRollbackFlags = {
  record: {
    type: 'string',
    value: 'ID',
    description: 'the deployment record to return to (see ecsmctl get records --service NAME)',
  },
  ...forceFlag,
} as const satisfies Flags;

/** Flags of `container history`. */
export const containerHistoryFlags = {
  limit: { type: 'number', value: 'N', min: 1, default: 100, description: 'the latest so many' },
  ...outputFlag,
} as const satisfies Flags;

/** Flags of `top`. */
export const topFlags = {
  'sort-by': {
    type: 'string',
    value: 'WHAT',
    choices: ['name', 'cpu', 'memory'],
    default: 'name',
    description: 'name, cpu or memory',
  },
  'no-headers': { type: 'boolean', description: 'no line of headings' },
} as const satisfies Flags;

/** Flags of `import`. */
export const importFlags = {
  name: { type: 'string', value: 'NAME', description: 'the name of the object' },
  'no-adopt': {
    type: 'boolean',
    description: 'a manifest for a second service, rather than one that takes the running one over',
  },
  ...dataOutputFlag,
} as const satisfies Flags;

/** Flags of commands that take nothing but a name. */
export const noFlags = {} as const satisfies Flags;

/** Flags of `image`. */
export const imageFlags = {
  'registry-id': { type: 'string', value: 'ID', description: 'the registry to look in', default: 'local' },
  ...textOutputFlag,
} as const satisfies Flags;

/** Flags of `configmap set`. */
export const configMapSetFlags = {
  type: {
    type: 'string',
    value: 'TYPE',
    default: 'string',
    choices: ['string', 'number', 'json'],
    description: 'string, number or json',
  },
} as const satisfies Flags;

/** Flags of `template create`. */
export const templateCreateFlags = {
  image: {
    type: 'strings',
    value: 'REF',
    description: 'a template for this image, name@tag#os; may be given several times',
  },
  folder: { type: 'boolean', description: 'an empty folder instead' },
} as const satisfies Flags;

/** Flags of `template deploy`. */
export const templateDeployFlags = {
  load: { type: 'boolean', description: 'create the services without starting them' },
  force: { type: 'boolean', description: 'also over services that exist' },
} as const satisfies Flags;

const oneNode = { usage: 'NODE', arguments: { min: 1, max: 1 }, complete: ['nodes'] } as const;
const oneService = { usage: 'SERVICE', arguments: { min: 1, max: 1 }, complete: ['services'] } as const;

function serviceVerb(verb: 'start' | 'stop' | 'restart', summary: string): AnyCommand {
  return command({
    name: `service ${verb}`,
    group: 'Platform',
    summary,
    usage: 'SERVICE...',
    arguments: { min: 1 },
    complete: ['services'],
    flags: actFlags,
    load: async () => (await import('../commands/service-verbs.js')).serviceVerb(verb),
  });
}

function containerVerb(verb: 'start' | 'stop' | 'restart' | 'pause' | 'unpause', summary: string): AnyCommand {
  return command({
    name: `container ${verb}`,
    group: 'Platform',
    summary,
    usage: 'CONTAINER...',
    arguments: { min: 1 },
    complete: ['containers'],
    flags: actFlags,
    load: async () => (await import('../commands/container-verbs.js')).containerVerb(verb),
  });
}

/** The values of the platform. `config` alone is about this program, as in kubectl; `config map` leads here too. */
function configMapCommands(words: 'configmap' | 'config map', hidden: boolean): readonly AnyCommand[] {
  return [
    command({
      name: `${words} set`,
      group: 'Platform',
      summary: 'set a value of the platform under a key (config map set does the same)',
      usage: 'KEY VALUE',
      arguments: { min: 2, max: 2 },
      complete: ['configmaps'],
      examples: [{ does: 'a number', line: 'ecsmctl configmap set rate 5 --type number' }],
      hidden,
      flags: configMapSetFlags,
      load: async () => (await import('../commands/stored-verbs.js')).configMapSet,
    }),
    command({
      name: `${words} delete`,
      group: 'Platform',
      summary: 'delete values of the platform by key (config map delete does the same)',
      usage: 'KEY...',
      arguments: { min: 1 },
      complete: ['configmaps'],
      hidden,
      flags: noFlags,
      load: async () => (await import('../commands/stored-verbs.js')).configMapDelete,
    }),
  ];
}

/** Commands that work on the platform itself. */
export const platformCommands: readonly AnyCommand[] = [
  command({
    name: 'top nodes',
    group: 'Platform',
    summary: 'show what nodes use of their CPU, memory and disk',
    usage: '[NODE...]',
    complete: ['nodes'],
    flags: topFlags,
    load: async () => (await import('../commands/top.js')).topNodes,
  }),
  command({
    name: 'top containers',
    group: 'Platform',
    summary: 'show what containers use',
    arguments: { max: 0 },
    flags: topFlags,
    load: async () => (await import('../commands/top.js')).topContainers,
  }),
  command({
    name: 'top services',
    group: 'Platform',
    summary: 'show what the containers of each service use together',
    arguments: { max: 0 },
    flags: topFlags,
    load: async () => (await import('../commands/top.js')).topServices,
  }),
  command({
    name: 'import',
    group: 'Platform',
    summary: 'write a manifest from a live platform service, ready to adopt it',
    usage: 'service NAME',
    arguments: { min: 2, max: 2 },
    complete: [['service'], 'services'],
    examples: [
      { does: 'take a service over', line: 'ecsmctl import svc camera > camera.yaml && ecsmctl apply -f camera.yaml' },
    ],
    flags: importFlags,
    load: async () => (await import('../commands/import.js')).importService,
  }),
  command({
    name: 'node add',
    group: 'Platform',
    summary: 'register a node',
    usage: 'NAME --address IP:PORT',
    arguments: { min: 1, max: 1 },
    examples: [
      { does: 'register a node', line: 'ecsmctl node add n1 --address 10.0.0.7:1112 --password-stdin < secret' },
    ],
    flags: nodeAddFlags,
    load: async () => (await import('../commands/node-verbs.js')).nodeAdd,
  }),
  command({
    name: 'node update',
    group: 'Platform',
    summary: 'change how a node is reached; what is not given stays',
    ...oneNode,
    flags: nodeUpdateFlags,
    load: async () => (await import('../commands/node-verbs.js')).nodeUpdate,
  }),
  command({
    name: 'node remove',
    group: 'Platform',
    summary: 'remove nodes; refused while services use them',
    usage: 'NODE...',
    arguments: { min: 1 },
    complete: ['nodes'],
    flags: noFlags,
    load: async () => (await import('../commands/node-verbs.js')).nodeRemove,
  }),
  command({
    name: 'service create',
    group: 'Platform',
    summary: 'create a platform service without a declared object',
    usage: '-f FILE',
    arguments: { max: 0 },
    flags: serviceFileFlags,
    load: async () => (await import('../commands/service-verbs.js')).serviceCreate,
  }),
  command({
    name: 'service update',
    group: 'Platform',
    summary: 'change a platform service; fields that the file leaves out stay',
    usage: 'SERVICE -f FILE',
    arguments: { min: 1, max: 1 },
    complete: ['services'],
    flags: serviceFileFlags,
    load: async () => (await import('../commands/service-verbs.js')).serviceUpdate,
  }),
  serviceVerb('start', 'start the containers of services'),
  serviceVerb('stop', 'stop the containers of services'),
  serviceVerb('restart', 'restart the containers of services'),
  command({
    name: 'service redeploy',
    group: 'Platform',
    summary: 'deploy a service again as it is',
    ...oneService,
    flags: actFlags,
    load: async () => (await import('../commands/service-verbs.js')).serviceRedeploy,
  }),
  command({
    name: 'service rollback',
    group: 'Platform',
    summary: 'return a service to a deployment record',
    ...oneService,
    flags: serviceRollbackFlags,
    load: async () => (await import('../commands/service-verbs.js')).serviceRollback,
  }),
  command({
    name: 'service delete',
    group: 'Platform',
    summary: 'delete platform services with their containers',
    usage: 'SERVICE...',
    arguments: { min: 1 },
    complete: ['services'],
    flags: actFlags,
    load: async () => (await import('../commands/service-verbs.js')).serviceDelete,
  }),
  containerVerb('start', 'start containers'),
  containerVerb('stop', 'stop containers'),
  containerVerb('restart', 'restart containers'),
  containerVerb('pause', 'pause containers'),
  containerVerb('unpause', 'let paused containers go on'),
  command({
    name: 'container history',
    group: 'Platform',
    summary: 'list the commands carried out on a container',
    usage: 'CONTAINER',
    arguments: { min: 1, max: 1 },
    complete: ['containers'],
    flags: containerHistoryFlags,
    load: async () => (await import('../commands/container-verbs.js')).containerHistory,
  }),
  command({
    name: 'image',
    group: 'Platform',
    summary: 'show the details of images: system, architecture and the configuration services start from',
    usage: 'NAME@TAG[#OS]... | ID...',
    arguments: { min: 1 },
    complete: ['images'],
    examples: [{ does: 'what an image brings along', line: 'ecsmctl image web@1.0.0#sylixos' }],
    flags: imageFlags,
    load: async () => (await import('../commands/image.js')).image,
  }),
  ...configMapCommands('configmap', false),
  ...configMapCommands('config map', true),
  command({
    name: 'template create',
    group: 'Platform',
    summary: 'create templates for images in a folder, or a folder',
    usage: 'PATH --image REF | PATH --folder',
    arguments: { min: 1, max: 1 },
    flags: templateCreateFlags,
    load: async () => (await import('../commands/stored-verbs.js')).templateCreate,
  }),
  command({
    name: 'template move',
    group: 'Platform',
    summary: 'move a template or folder',
    usage: 'PATH NEW-PATH',
    arguments: { min: 2, max: 2 },
    complete: ['templates'],
    flags: noFlags,
    load: async () => (await import('../commands/stored-verbs.js')).templateMove,
  }),
  command({
    name: 'template deploy',
    group: 'Platform',
    summary: 'deploy every template below paths',
    usage: 'PATH...',
    arguments: { min: 1 },
    complete: ['templates'],
    flags: templateDeployFlags,
    load: async () => (await import('../commands/stored-verbs.js')).templateDeploy,
  }),
  command({
    name: 'template delete',
    group: 'Platform',
    summary: 'delete what is at a path',
    usage: 'PATH...',
    arguments: { min: 1 },
    complete: ['templates'],
    flags: noFlags,
    load: async () => (await import('../commands/stored-verbs.js')).templateDelete,
  }),
  command({
    name: 'record delete',
    group: 'Platform',
    summary: 'delete deployment records',
    usage: 'RECORD-ID...',
    arguments: { min: 1 },
    flags: noFlags,
    load: async () => (await import('../commands/stored-verbs.js')).recordDelete,
  }),
];
