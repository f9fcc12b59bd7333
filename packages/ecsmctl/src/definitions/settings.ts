import { command } from '../cli/command.js';
import type { Flags } from '../cli/flag.js';
import { dataOutputFlag, outputFlag, textOutputFlag } from './common-flags.js';
import { noFlags } from './platform.js';

/** Flags of `config view`. */
export const configViewFlags = dataOutputFlag;

/** Flags of `config get-contexts`. */
export const getContextsFlags = {
  'no-headers': { type: 'boolean', description: 'no line of headings' },
  output: { ...outputFlag.output, description: 'table, json, yaml or name' },
} as const satisfies Flags;

/** Flags of `config set-context`. The registry, platform URL, its token and the namespace come from the flags of every command. */
export const setContextFlags = {
  current: { type: 'boolean', description: 'the context in use, instead of a NAME' },
  'operator-id': { type: 'string', value: 'ID', description: "the operator's operatorId" },
  'ca-file': { type: 'string', value: 'FILE', description: 'certificates to trust (PEM)', complete: 'files' },
  'cert-file': { type: 'string', value: 'FILE', description: 'our certificate (PEM)', complete: 'files' },
  'key-file': { type: 'string', value: 'FILE', description: 'its key (PEM)', complete: 'files' },
} as const satisfies Flags;

/** Flags of `registry` commands that print figures. */
export const registryFlags = textOutputFlag;

/** Flags of `registry restore`. */
export const restoreFlags = {
  force: { type: 'boolean', description: 'replace a registry that is there' },
} as const satisfies Flags;

/** Flags of `explain`. */
export const explainFlags = {
  recursive: { type: 'boolean', short: 'R', description: 'the fields of fields too, without their descriptions' },
} as const satisfies Flags;

/** Flags of `version`. */
export const versionFlags = {
  ...textOutputFlag,
  client: { type: 'boolean', hidden: true, description: 'as kubectl has it; there is no server to ask' },
} as const satisfies Flags;

/** Flags of `api-resources`. */
export const apiResourcesFlags = {
  'no-headers': { type: 'boolean', description: 'no line of headings' },
  output: { ...outputFlag.output, description: 'table, json, yaml or name' },
} as const satisfies Flags;

/** The shells that completion is for. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** Commands about settings, the registry file and help. */
export const settingsCommands = [
  command({
    name: 'config view',
    group: 'Settings and help',
    summary: 'print the configuration file',
    arguments: { max: 0 },
    flags: configViewFlags,
    load: async () => (await import('../commands/config.js')).configView,
  }),
  command({
    name: 'config get-contexts',
    group: 'Settings and help',
    summary: 'list the contexts',
    arguments: { max: 0 },
    flags: getContextsFlags,
    load: async () => (await import('../commands/config.js')).configGetContexts,
  }),
  command({
    name: 'config current-context',
    group: 'Settings and help',
    summary: 'print the name of the context in use',
    arguments: { max: 0 },
    flags: noFlags,
    load: async () => (await import('../commands/config.js')).configCurrentContext,
  }),
  command({
    name: 'config use-context',
    group: 'Settings and help',
    summary: 'use a context from now on',
    usage: 'NAME',
    arguments: { min: 1, max: 1 },
    complete: ['contexts'],
    flags: noFlags,
    load: async () => (await import('../commands/config.js')).configUseContext,
  }),
  command({
    name: 'config set-context',
    group: 'Settings and help',
    summary: 'create a context or change it',
    usage:
      'NAME | --current [--registry FILE] [--platform-url URL] [--platform-token-file FILE] [--namespace NAME] [--kinds FILE]',
    arguments: { max: 1 },
    complete: ['contexts'],
    examples: [
      {
        does: 'a context for the lab',
        line: 'ecsmctl config set-context lab --platform-url http://10.0.0.5:3001 --namespace test',
      },
      {
        does: 'work in another namespace from now on',
        line: 'ecsmctl config set-context --current --namespace flight',
      },
    ],
    flags: setContextFlags,
    load: async () => (await import('../commands/config.js')).configSetContext,
  }),
  command({
    name: 'config set',
    group: 'Settings and help',
    summary: 'set one value of the configuration file; an empty one removes it',
    usage: 'PATH VALUE',
    arguments: { min: 2, max: 2 },
    examples: [{ does: 'another namespace', line: 'ecsmctl config set contexts.lab.namespace flight' }],
    flags: noFlags,
    load: async () => (await import('../commands/config.js')).configSet,
  }),
  command({
    name: 'config delete-context',
    group: 'Settings and help',
    summary: 'forget a context',
    usage: 'NAME',
    arguments: { min: 1, max: 1 },
    complete: ['contexts'],
    flags: noFlags,
    load: async () => (await import('../commands/config.js')).configDeleteContext,
  }),
  command({
    name: 'registry stats',
    group: 'Settings and help',
    summary: 'show how full the registry is',
    arguments: { max: 0 },
    readsOnly: true,
    flags: registryFlags,
    load: async () => (await import('../commands/registry.js')).registryStats,
  }),
  command({
    name: 'registry check',
    group: 'Settings and help',
    summary: 'check the registry file for damage',
    arguments: { max: 0 },
    flags: registryFlags,
    load: async () => (await import('../commands/registry.js')).registryCheck,
  }),
  command({
    name: 'registry backup',
    group: 'Settings and help',
    summary: 'write a copy of the registry, also while the operator runs',
    usage: 'FILE',
    arguments: { min: 1, max: 1 },
    complete: ['files'],
    flags: noFlags,
    load: async () => (await import('../commands/registry.js')).registryBackup,
  }),
  command({
    name: 'registry restore',
    group: 'Settings and help',
    summary: 'put a backup in the place of the registry; stop the operator first',
    usage: 'FILE',
    arguments: { min: 1, max: 1 },
    complete: ['files'],
    flags: restoreFlags,
    load: async () => (await import('../commands/registry.js')).registryRestore,
  }),
  command({
    name: 'registry compact',
    group: 'Settings and help',
    summary: 'forget old changes and give room back',
    arguments: { max: 0 },
    flags: noFlags,
    load: async () => (await import('../commands/registry.js')).registryCompact,
  }),
  command({
    name: 'api-resources',
    group: 'Settings and help',
    summary: 'list the types of both worlds',
    arguments: { max: 0 },
    flags: apiResourcesFlags,
    load: async () => (await import('../commands/api-resources.js')).apiResources,
  }),
  command({
    name: 'explain',
    group: 'Settings and help',
    summary: 'explain a type and its fields',
    usage: 'TYPE[.FIELD...]',
    arguments: { min: 1, max: 1 },
    complete: ['fields'],
    examples: [{ does: 'what a template may hold', line: 'ecsmctl explain es.spec.template' }],
    flags: explainFlags,
    load: async () => (await import('../commands/explain.js')).explain,
  }),
  command({
    name: 'completion',
    group: 'Settings and help',
    summary: 'print a script that completes commands, types and names in a shell',
    usage: shells.join('|'),
    arguments: { min: 1, max: 1 },
    complete: [shells],
    examples: [
      { does: 'bash', line: 'source <(ecsmctl completion bash)' },
      { does: 'zsh', line: 'source <(ecsmctl completion zsh)' },
      { does: 'fish', line: 'ecsmctl completion fish | source' },
    ],
    flags: noFlags,
    load: async () => (await import('../commands/completion.js')).completion,
  }),
  command({
    name: 'complete',
    group: 'Settings and help',
    summary: 'print what may stand next on a command line, for completion scripts',
    hidden: true,
    readsOnly: true,
    flags: noFlags,
    load: async () => (await import('../commands/complete.js')).complete,
  }),
  command({
    name: 'version',
    group: 'Settings and help',
    summary: 'print the version',
    arguments: { max: 0 },
    flags: versionFlags,
    load: async () => (await import('../commands/version.js')).showVersion,
  }),
  command({
    name: 'reference',
    group: 'Settings and help',
    summary: 'print the reference of all commands as Markdown',
    arguments: { max: 0 },
    hidden: true,
    flags: noFlags,
    load: async () => (await import('../commands/reference.js')).reference,
  }),
];
