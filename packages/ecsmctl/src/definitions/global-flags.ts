import type { Flags, ValuesOf } from '../cli/flag.js';

/** How much is told on stderr besides errors. */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
/** How it is written. */
export const logFormats = ['pretty', 'json'] as const;

/** What every command takes. */
export const globalFlags = {
  registry: { type: 'string', value: 'FILE', description: 'the registry file', complete: 'files' },
  kinds: {
    type: 'strings',
    value: 'FILE',
    description: 'kinds of your own, defined as JSON or YAML; may be given several times',
    complete: 'files',
  },
  'platform-url': { type: 'string', value: 'URL', description: 'the ECSM platform, without /api/v1' },
  'platform-token-file': {
    type: 'string',
    value: 'FILE',
    description: 'holds the bearer token for a gateway in front of the platform',
    complete: 'files',
  },
  namespace: {
    type: 'string',
    short: 'n',
    value: 'NAME',
    description: 'the namespace to work in; of platform services and containers, that of the object which owns them',
    complete: 'namespaces',
  },
  config: { type: 'string', value: 'FILE', description: 'the configuration file', complete: 'files' },
  context: { type: 'string', value: 'NAME', description: 'the context to use', complete: 'contexts' },
  'request-timeout': { type: 'duration', value: 'DURATION', description: 'time for one call to the platform' },
  'log-level': {
    type: 'string',
    short: 'v',
    value: 'LEVEL',
    description: `what to tell on stderr: ${logLevels.join(', ')} (debug shows requests); 0 to 9 as in kubectl works too`,
    choices: [...logLevels, '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  },
  'log-format': {
    type: 'string',
    value: 'FORMAT',
    description: `how to write it: ${logFormats.join(' or ')}`,
    choices: logFormats,
  },
  'no-color': { type: 'boolean', description: 'no colour, also on a terminal (so does NO_COLOR)' },
  help: { type: 'boolean', short: 'h', description: 'explains the command' },
  version: { type: 'boolean', description: 'prints the version' },
} as const satisfies Flags;

/** The values of the flags that every command takes. */
export type GlobalFlags = ValuesOf<typeof globalFlags>;
