import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

import type { ClusterEvent, ClusterEventKind } from './cluster/cluster-event.js';

/** Levels of the log, most talkative first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** Forms of the log. */
export const logFormats = ['pretty', 'json'] as const;
/** One of {@link logFormats}. */
export type LogFormat = (typeof logFormats)[number];

/** The log of the command. */
export interface Log {
  info(message: string): void;
  /** Writes down what happened in the cluster, at the simulated time at which it happened. */
  event(event: ClusterEvent): void;
}

/** Events that are no good news. */
const warnings: ReadonlySet<ClusterEventKind> = new Set([
  'nodeDown',
  'nodeOffline',
  'deploymentFailed',
  'containerDied',
  'containerUnhealthy',
]);

/** Makes the log: a line for a person or a JSON object per message. */
export function createLog(
  options: { readonly logLevel: LogLevel; readonly logFormat: LogFormat },
  output: { write(text: string): unknown },
): Log {
  const pretty = prettyFactory({
    colorize: false,
    ignore: 'pid,hostname,kind,node,service,container',
    translateTime: 'UTC:HH:MM:ss',
  });
  const logger = pino(
    { level: options.logLevel, base: null, timestamp: false },
    {
      write: (line: string) => {
        output.write(options.logFormat === 'json' ? line : pretty(line));
      },
    },
  );
  return {
    info: (message) => {
      logger.info({ time: Date.now() }, message);
    },
    event: ({ atMs, kind, message, ...about }) => {
      const level = warnings.has(kind) ? 'warn' : 'info';
      logger[level]({ time: Math.floor(atMs), kind, ...about }, message);
    },
  };
}
