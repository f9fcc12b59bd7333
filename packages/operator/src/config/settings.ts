import { checkLabelName } from '@ecsm/api-types';

import { parseDuration } from './duration.js';

/** Levels of the log, least urgent first. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
/** Forms of the log. */
export const logFormats = ['json', 'pretty'] as const;

/** Everything the program can be told, by whichever way. */
export interface Settings {
  readonly registry?: string;
  readonly platformUrl: string;
  readonly operatorId: string;
  readonly simulate: boolean;
  readonly simulatePort?: number;
  readonly simulateSpeed: number;
  readonly manifests?: string;
  readonly once: boolean;
  readonly timeoutMs: number;
  readonly pollIntervalMs?: number;
  readonly movingPollIntervalMs?: number;
  readonly requestTimeoutMs: number;
  readonly workers: number;
  readonly leaderElect: boolean;
  readonly health?: Listen;
  readonly metrics?: Listen;
  readonly logLevel: (typeof logLevels)[number];
  readonly logFormat?: (typeof logFormats)[number];
}

/** An address to listen on. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** What a setting's text means, or why it means nothing. */
export type Reading<T> = { readonly value: T } | { readonly rule: string };

/** One setting: its name in every place, what it accepts, and what it is for. */
export interface SettingDefinition<Name extends keyof Settings = keyof Settings> {
  readonly name: Name;
  /** Flag without its dashes; variable and key in the file follow from it. */
  readonly flag: string;
  /** Shown for the value in the help; absent for a switch. */
  readonly placeholder?: string;
  readonly help: string;
  readonly read: (text: string) => Reading<NonNullable<Settings[Name]>>;
}

function text(value: string): Reading<string> {
  return value === '' ? { rule: 'must not be empty' } : { value };
}

function truth(value: string): Reading<boolean> {
  if (value === 'true' || value === '') return { value: true };
  return value === 'false' ? { value: false } : { rule: 'must be true or false' };
}

function duration(value: string): Reading<number> {
  const ms = parseDuration(value);
  return ms === undefined || ms <= 0 ? { rule: 'must be a duration such as 30s, 500ms or 2m' } : { value: ms };
}

function count(least: number, most: number): (value: string) => Reading<number> {
  return (value) => {
    const number = Number(value);
    return /^\d+$/.test(value) && number >= least && number <= most
      ? { value: number }
      : { rule: `must be a whole number from ${least} to ${most}` };
  };
}

function factor(value: string): Reading<number> {
  const number = Number(value);
  return value.trim() !== '' && number > 0 && Number.isFinite(number)
    ? { value: number }
    : { rule: 'must be a number above 0' };
}

function word<Word extends string>(words: readonly Word[]): (value: string) => Reading<Word> {
  return (value) => {
    const found = words.find((each) => each === value);
    return found === undefined ? { rule: `must be one of ${words.join(', ')}` } : { value: found };
  };
}

function url(value: string): Reading<string> {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    return { rule: 'must be an http or https address such as http://10.0.0.5:3001' };
  }
  return { value };
}

function listen(value: string): Reading<Listen> {
  const match = /^(?:(.+):)?(\d{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) return { rule: 'must be a port, or an address and a port such as 0.0.0.0:9090' };
  return { value: { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port } };
}

function operatorId(value: string): Reading<string> {
  const rule = checkLabelName(value);
  return rule === undefined ? { value } : { rule };
}

function define<Name extends keyof Settings>(definition: SettingDefinition<Name>): SettingDefinition {
  return definition;
}

/** All settings, in the order of the help. */
export const settingDefinitions: readonly SettingDefinition[] = [
  define({
    name: 'registry',
    flag: 'registry',
    placeholder: 'FILE',
    help: 'SQLite file with the objects; shared with ecsmctl',
    read: text,
  }),
  define({
    name: 'platformUrl',
    flag: 'platform-url',
    placeholder: 'URL',
    help: 'the ECSM platform, without /api/v1 (http://127.0.0.1:3001)',
    read: url,
  }),
  define({
    name: 'operatorId',
    flag: 'operator-id',
    placeholder: 'NAME',
    help: 'tells operators on one platform apart; keep it for ever (default)',
    read: operatorId,
  }),
  define({
    name: 'manifests',
    flag: 'manifests',
    placeholder: 'DIR',
    help: 'manifests to apply at the start: a file or a folder',
    read: text,
  }),
  define({
    name: 'once',
    flag: 'once',
    help: 'end as soon as every object is Available and every deletion is finished',
    read: truth,
  }),
  define({
    name: 'timeoutMs',
    flag: 'timeout',
    placeholder: 'TIME',
    help: 'how long --once waits (120s)',
    read: duration,
  }),
  define({
    name: 'simulate',
    flag: 'simulate',
    help: 'run a simulated platform in the same process and work on that',
    read: truth,
  }),
  define({
    name: 'simulatePort',
    flag: 'simulate-port',
    placeholder: 'PORT',
    help: 'port of the simulated platform; 0 takes any (3001 if it is free)',
    read: count(0, 65_535),
  }),
  define({
    name: 'simulateSpeed',
    flag: 'simulate-speed',
    placeholder: 'FACTOR',
    help: 'simulated seconds per second (1)',
    read: factor,
  }),
  define({
    name: 'pollIntervalMs',
    flag: 'poll-interval',
    placeholder: 'TIME',
    help: 'how often the platform is looked at while nothing moves (30s)',
    read: duration,
  }),
  define({
    name: 'movingPollIntervalMs',
    flag: 'poll-interval-moving',
    placeholder: 'TIME',
    help: 'how often while something moves (2s; 10s on a slow link)',
    read: duration,
  }),
  define({
    name: 'requestTimeoutMs',
    flag: 'request-timeout',
    placeholder: 'TIME',
    help: 'how long a call of the platform may take, retries included (10s)',
    read: duration,
  }),
  define({
    name: 'workers',
    flag: 'workers',
    placeholder: 'COUNT',
    help: 'objects worked on at the same time (4)',
    read: count(1, 256),
  }),
  define({
    name: 'leaderElect',
    flag: 'leader-elect',
    help: 'wait while another operator works on the same registry (true)',
    read: truth,
  }),
  define({
    name: 'health',
    flag: 'health',
    placeholder: '[HOST:]PORT',
    help: 'serve /healthz and /readyz (off)',
    read: listen,
  }),
  define({
    name: 'metrics',
    flag: 'metrics',
    placeholder: '[HOST:]PORT',
    help: 'serve /metrics (off)',
    read: listen,
  }),
  define({
    name: 'logLevel',
    flag: 'log-level',
    placeholder: 'LEVEL',
    help: `${logLevels.join(', ')} (info)`,
    read: word(logLevels),
  }),
  define({
    name: 'logFormat',
    flag: 'log-format',
    placeholder: 'FORMAT',
    help: `${logFormats.join(' or ')} (pretty on a terminal)`,
    read: word(logFormats),
  }),
];

/** What holds where nothing is said. */
export const defaultSettings: Settings = {
  platformUrl: 'http://127.0.0.1:3001',
  operatorId: 'default',
  simulate: false,
  simulateSpeed: 1,
  once: false,
  timeoutMs: 120_000,
  requestTimeoutMs: 10_000,
  workers: 4,
  leaderElect: true,
  logLevel: 'info',
};
