import type { Logger, LogMethod } from '@ecsm/controller-runtime';
import { pino, type Logger as PinoLogger } from 'pino';

import type { LogFormat, Settings } from '../config/settings.js';
import type { ProgramIo } from './program-io.js';

/** Fields that may hold secrets; they are masked wherever they turn up. */
const secretPaths = [
  ...['password', '*.password', '*.*.password'],
  ...['token', '*.token', 'authorization', '*.authorization', 'headers.authorization'],
];

/** Levels as pino counts them. */
const ranks = { debug: 20, info: 30, warn: 40, error: 50, silent: Infinity } as const;

/** The program's log, whose level can be changed while it runs. */
export interface ProgramLog {
  readonly log: Logger;
  /** Changes the level of the log and of all its children. */
  setLevel(level: Settings['logLevel']): void;
}

/** A level shared by a logger and all that come from it; pino's own children keep the level they were born with. */
class LevelledLogger implements Logger {
  readonly debug = this.#method('debug');
  readonly info = this.#method('info');
  readonly warn = this.#method('warn');
  readonly error = this.#method('error');
  readonly #target: PinoLogger;
  readonly #level: { current: number };

  constructor(target: PinoLogger, level: { current: number }) {
    this.#target = target;
    this.#level = level;
  }

  child(fields: Readonly<Record<string, unknown>>): Logger {
    return new LevelledLogger(this.#target.child(fields), this.#level);
  }

  #method(name: Exclude<Settings['logLevel'], 'silent'>): LogMethod {
    return (fields, message) => {
      if (ranks[name] >= this.#level.current) this.#target[name](fields, message);
    };
  }
}

/** The form the log has by settings: as asked for, else lines for people on a terminal and JSON elsewhere. */
export function logFormatOf({ logFormat }: Pick<Settings, 'logFormat'>, { stderr }: ProgramIo): LogFormat {
  return logFormat ?? (stderr.isTTY === true ? 'pretty' : 'json');
}

/** The program's log on standard error: JSON lines, or lines for people on a terminal. */
export async function createLogger(
  settings: Pick<Settings, 'logLevel'> & { readonly logFormat: LogFormat },
  io: ProgramIo,
): Promise<ProgramLog> {
  const level: { current: number } = { current: ranks[settings.logLevel] };
  const options = {
    level: 'debug',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, censor: '***' },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const setLevel = (to: Settings['logLevel']): void => {
    level.current = ranks[to];
  };
  if (settings.logFormat === 'json') return { log: new LevelledLogger(pino(options, io.stderr), level), setLevel };
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ colorize: io.stderr.isTTY === true, translateTime: 'HH:MM:ss', singleLine: true });
  const lines = { write: (line: string) => io.stderr.write(pretty(line)) };
  return { log: new LevelledLogger(pino(options, lines), level), setLevel };
}
