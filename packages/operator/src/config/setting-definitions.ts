import {
  bytes,
  count,
  duration,
  factor,
  labelName,
  listen,
  schedule,
  text,
  truth,
  url,
  word,
  type Reader,
} from './setting-readers.js';
import { leaderElections, logFormats, logLevels, profileNames, type Settings } from './settings.js';

/** One setting: its name in every place, what it accepts, and what it is for. */
export interface SettingDefinition<Name extends keyof Settings = keyof Settings> {
  readonly name: Name;
  /** Flag without its dashes; variable and field of the file follow from it. */
  readonly flag: string;
  /** Shown for the value in the help; absent for a switch. */
  readonly placeholder?: string;
  readonly help: string;
  readonly reader: Reader<NonNullable<Settings[Name]>>;
  /** The text that holds where nothing is said. */
  readonly fallback?: string;
  /** What happens without a value, in words, where there is no such text. */
  readonly absent?: string;
  /** Whether a reload can change it; everything else takes a restart. */
  readonly reloads?: boolean;
  /** A secret is taken from the environment only and never shown. */
  readonly secret?: boolean;
}

function define<Name extends keyof Settings>(definition: SettingDefinition<Name>): SettingDefinition {
  return definition;
}

const file = { placeholder: 'FILE', reader: text } as const;

/** All settings, in the order of the help. */
export const settingDefinitions: readonly SettingDefinition[] = [
  define({
    name: 'profile',
    flag: 'profile',
    placeholder: 'NAME',
    help: 'defaults for a kind of machine: default, or tiny for a few MB of memory and a slow link',
    reader: word(profileNames),
    fallback: 'default',
  }),
  define({
    ...file,
    name: 'registry',
    flag: 'registry',
    help: 'SQLite file with the objects; shared with ecsmctl',
    absent: '$ECSM_REGISTRY, else /var/lib/ecsm/registry.db if it is there, else ~/.local/state/ecsm/registry.db',
  }),
  define({
    name: 'registryGroup',
    flag: 'registry-group',
    placeholder: 'GROUP',
    help: 'users of this group may use the registry as well; for a file that is made now',
    reader: text,
    absent: 'only its owner may',
  }),
  define({
    name: 'platformUrl',
    flag: 'platform-url',
    placeholder: 'URL',
    help: 'the ECSM platform, without /api/v1',
    reader: url,
    fallback: 'http://127.0.0.1:3001',
  }),
  define({
    name: 'platformToken',
    flag: 'platform-token',
    help: 'bearer token for a gateway in front of the platform',
    reader: text,
    secret: true,
  }),
  define({
    ...file,
    name: 'platformTokenFile',
    flag: 'platform-token-file',
    help: 'bearer token for a gateway in front of the platform',
    absent: 'none',
    reloads: true,
  }),
  define({
    ...file,
    name: 'platformCaFile',
    flag: 'platform-ca-file',
    help: 'certificates (PEM) to trust for an https platform',
    absent: "the system's",
    reloads: true,
  }),
  define({
    ...file,
    name: 'platformCertFile',
    flag: 'platform-cert-file',
    help: 'certificate (PEM) to show to the platform',
    reloads: true,
  }),
  define({ ...file, name: 'platformKeyFile', flag: 'platform-key-file', help: 'its key (PEM)', reloads: true }),
  define({
    name: 'operatorId',
    flag: 'operator-id',
    placeholder: 'NAME',
    help: 'tells operators on one platform apart; keep it for ever',
    reader: labelName,
    fallback: 'default',
  }),
  define({
    name: 'manifests',
    flag: 'manifests',
    placeholder: 'PATH',
    help: 'manifests to apply, a folder or a file; it is watched while the program runs',
    reader: text,
  }),
  define({
    name: 'manifestsRescanMs',
    flag: 'manifests-rescan',
    placeholder: 'TIME',
    help: 'how often the manifests are read anew without having heard of a change',
    reader: duration(100),
    fallback: '1m',
    reloads: true,
  }),
  define({
    name: 'prune',
    flag: 'prune',
    help: 'delete what was applied from the manifests and is no longer in them',
    reader: truth,
    fallback: 'false',
  }),
  define({
    name: 'once',
    flag: 'once',
    help: 'end as soon as every object is Available and every deletion is finished',
    reader: truth,
    fallback: 'false',
  }),
  define({
    name: 'timeoutMs',
    flag: 'timeout',
    placeholder: 'TIME',
    help: 'how long --once waits',
    reader: duration(),
    fallback: '120s',
  }),
  define({
    name: 'simulate',
    flag: 'simulate',
    help: 'run a simulated platform in the same process and work on that',
    reader: truth,
    fallback: 'false',
  }),
  define({
    name: 'simulatePort',
    flag: 'simulate-port',
    placeholder: 'PORT',
    help: 'port of the simulated platform; 0 takes any',
    reader: count(0, 65_535),
    absent: '3001 if it is free',
  }),
  define({
    name: 'simulateSpeed',
    flag: 'simulate-speed',
    placeholder: 'FACTOR',
    help: 'simulated seconds per second',
    reader: factor,
    fallback: '1',
  }),
  define({
    name: 'pollIntervalMs',
    flag: 'poll-interval',
    placeholder: 'TIME',
    help: 'how often the platform is looked at while nothing moves',
    reader: duration(),
    fallback: '30s',
    reloads: true,
  }),
  define({
    name: 'movingPollIntervalMs',
    flag: 'poll-interval-moving',
    placeholder: 'TIME',
    help: 'how often while something moves',
    reader: duration(),
    absent: '2s; 10s on a slow link',
    reloads: true,
  }),
  define({
    name: 'detailIntervalMs',
    flag: 'detail-interval',
    placeholder: 'TIME',
    help: 'how often each service is looked at closely although its row in the list has not changed',
    reader: duration(1000),
    absent: '10m; 1h on a slow link',
    reloads: true,
  }),
  define({
    name: 'detailLimit',
    flag: 'detail-limit',
    placeholder: 'COUNT',
    help: 'such closer looks per minute at most; of a budget they take a twentieth at most',
    reader: count(1, 100_000),
    fallback: '100',
    reloads: true,
  }),
  define({
    name: 'requestTimeoutMs',
    flag: 'request-timeout',
    placeholder: 'TIME',
    help: 'how long a call of the platform may take, retries included',
    reader: duration(),
    fallback: '10s',
    reloads: true,
  }),
  define({
    name: 'requestBudget',
    flag: 'request-budget',
    placeholder: 'COUNT',
    help: 'requests to the platform per minute, for metered links',
    reader: count(1, 1_000_000),
    absent: 'no limit',
    reloads: true,
  }),
  define({
    name: 'byteBudget',
    flag: 'byte-budget',
    placeholder: 'BYTES',
    help: 'bytes to and from the platform per minute, such as 500k',
    reader: bytes,
    absent: 'no limit',
    reloads: true,
  }),
  define({
    name: 'workers',
    flag: 'workers',
    placeholder: 'COUNT',
    help: 'objects worked on at the same time',
    reader: count(1, 256),
    fallback: '4',
    reloads: true,
  }),
  define({
    name: 'leaderElection',
    flag: 'leader-election',
    placeholder: 'HOW',
    help: 'how one of several operators on this registry is chosen: by a lock beside the file, by a lease in it, or not',
    reader: word(leaderElections),
    fallback: 'sqlite',
  }),
  define({
    name: 'stopTimeoutMs',
    flag: 'stop-timeout',
    placeholder: 'TIME',
    help: 'how long work in flight may go on after a signal',
    reader: duration(),
    fallback: '30s',
  }),
  define({
    name: 'watchdogMs',
    flag: 'watchdog',
    placeholder: 'TIME',
    help: 'end the process when it has hung for this long; under systemd use WatchdogSec',
    reader: duration(1000),
    absent: 'off',
  }),
  define({
    name: 'health',
    flag: 'health',
    placeholder: '[HOST:]PORT',
    help: 'serve /healthz, /readyz and on loopback /debug',
    reader: listen,
    absent: 'off',
  }),
  define({
    name: 'metrics',
    flag: 'metrics',
    placeholder: '[HOST:]PORT',
    help: 'serve /metrics; may be the same address',
    reader: listen,
    absent: 'off',
  }),
  define({
    name: 'listenToken',
    flag: 'listen-token',
    help: 'bearer token that readers of these addresses must show',
    reader: text,
    secret: true,
  }),
  define({
    ...file,
    name: 'listenTokenFile',
    flag: 'listen-token-file',
    help: 'bearer token that readers of these addresses must show',
    absent: 'none',
    reloads: true,
  }),
  define({ ...file, name: 'listenCertFile', flag: 'listen-cert-file', help: 'certificate (PEM), to serve by TLS' }),
  define({ ...file, name: 'listenKeyFile', flag: 'listen-key-file', help: 'its key (PEM)' }),
  define({
    ...file,
    name: 'listenClientCaFile',
    flag: 'listen-client-ca-file',
    help: 'readers must show a certificate of one of these authorities (PEM)',
  }),
  define({
    name: 'backupDir',
    flag: 'backup-dir',
    placeholder: 'DIR',
    help: 'copy the registry into this folder by schedule, and examine each copy',
    reader: text,
    absent: 'no backups',
  }),
  define({
    name: 'backupSchedule',
    flag: 'backup-schedule',
    placeholder: 'WHEN',
    help: 'a duration, or five cron fields in UTC',
    reader: schedule,
    fallback: '24h',
    reloads: true,
  }),
  define({
    name: 'backupKeep',
    flag: 'backup-keep',
    placeholder: 'COUNT',
    help: 'how many copies are kept',
    reader: count(1, 1000),
    fallback: '7',
    reloads: true,
  }),
  define({
    name: 'traces',
    flag: 'traces',
    help: 'a span for each run, to the OpenTelemetry SDK that node --import has loaded',
    reader: truth,
    fallback: 'false',
  }),
  define({
    name: 'logLevel',
    flag: 'log-level',
    placeholder: 'LEVEL',
    help: logLevels.join(', '),
    reader: word(logLevels),
    fallback: 'info',
    reloads: true,
  }),
  define({
    name: 'logFormat',
    flag: 'log-format',
    placeholder: 'FORMAT',
    help: logFormats.join(' or '),
    reader: word(logFormats),
    absent: 'pretty on a terminal',
  }),
];

/** Prefix of the environment variables. */
export const variablePrefix = 'ECSM_OPERATOR_';

/** The environment variable of a setting. */
export function variableOf({ flag }: SettingDefinition): string {
  return variablePrefix + flag.toUpperCase().replaceAll('-', '_');
}

/** The field of a setting in the configuration file. */
export function fieldOf({ flag }: SettingDefinition): string {
  return flag.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
