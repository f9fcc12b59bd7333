/** Levels of the log, least urgent first. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
/** Forms of the log. */
export const logFormats = ['json', 'pretty'] as const;
/** How one of several operators on a registry is chosen. */
export const leaderElections = ['sqlite', 'lease', 'none'] as const;
/** Sets of defaults for machines of a kind. */
export const profileNames = ['default', 'tiny'] as const;

/** An address to listen on. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Form of the log. */
export type LogFormat = (typeof logFormats)[number];

/** Everything the program can be told, by whichever way. */
export interface Settings {
  readonly profile: (typeof profileNames)[number];
  readonly registry?: string;
  readonly registryGroup?: string;
  readonly platformUrl: string;
  /** Bearer token for a gateway in front of the platform. Only from the environment. */
  readonly platformToken?: string;
  readonly platformTokenFile?: string;
  readonly platformCaFile?: string;
  readonly platformCertFile?: string;
  readonly platformKeyFile?: string;
  readonly operatorId: string;
  readonly simulate: boolean;
  readonly simulatePort?: number;
  readonly simulateSpeed: number;
  readonly manifests?: string;
  readonly manifestsRescanMs: number;
  readonly prune: boolean;
  readonly once: boolean;
  readonly timeoutMs: number;
  readonly pollIntervalMs: number;
  readonly movingPollIntervalMs?: number;
  readonly detailIntervalMs?: number;
  readonly detailLimit: number;
  readonly requestTimeoutMs: number;
  readonly requestBudget?: number;
  readonly byteBudget?: number;
  readonly workers: number;
  readonly leaderElection: (typeof leaderElections)[number];
  readonly stopTimeoutMs: number;
  readonly watchdogMs?: number;
  readonly health?: Listen;
  readonly metrics?: Listen;
  /** Bearer token that readers of the listeners must show. Only from the environment. */
  readonly listenToken?: string;
  readonly listenTokenFile?: string;
  readonly listenCertFile?: string;
  readonly listenKeyFile?: string;
  readonly listenClientCaFile?: string;
  readonly backupDir?: string;
  readonly backupSchedule: string;
  readonly backupKeep: number;
  readonly traces: boolean;
  readonly logLevel: (typeof logLevels)[number];
  readonly logFormat?: LogFormat;
}
