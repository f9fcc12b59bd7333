import { logFormats, logLevels } from '../definitions/global-flags.js';
import type { Output } from '../io.js';
import { UsageError } from './cli-error.js';

/** How loud a message is. */
export type LogLevel = (typeof logLevels)[number];

/** How messages are written. */
export type LogFormat = (typeof logFormats)[number];

const order: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug'];

/** Tells on stderr what goes on; stdout is for results alone. */
export interface Logger {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Whether debug messages are shown, for those that are costly to make. */
  readonly isDebug: boolean;
}

/** The level that a flag or variable stands for; digits as kubectl's `-v`. @throws UsageError when it is none */
export function logLevelOf(text: string | undefined): LogLevel {
  const level = order.find((each) => each === text);
  if (level !== undefined) return level;
  if (text === undefined || text === '') return 'warn';
  if (!/^\d$/.test(text))
    throw new UsageError(`ECSMCTL_LOG_LEVEL does not know "${text}"`, `use one of ${logLevels.join(', ')}, or 0 to 9`);
  const digit = Number(text);
  if (digit < 2) return 'warn';
  return digit < 6 ? 'info' : 'debug';
}

/** The form of the log that a flag or variable stands for. @throws UsageError when it is none */
export function logFormatOf(text: string | undefined): LogFormat {
  if (text === undefined || text === '') return 'pretty';
  const format = logFormats.find((each) => each === text);
  if (format !== undefined) return format;
  throw new UsageError(`ECSMCTL_LOG_FORMAT does not know "${text}"`, `use one of ${logFormats.join(', ')}`);
}

/** A logger that writes lines. */
export function createLogger(stderr: Output, level: LogLevel, format: LogFormat, now: () => number): Logger {
  const least = order.indexOf(level);
  const write = (of: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}) => {
    if (order.indexOf(of) > least) return;
    if (format === 'json') {
      const time = new Date(now()).toISOString();
      stderr.write(`${JSON.stringify({ time, level: of, message, ...fields })}\n`);
      return;
    }
    const shown = Object.entries(fields).map(
      ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    const label = of === 'warn' ? 'warning' : of;
    stderr.write(`${label}: ${message}${shown.join('')}\n`);
  };
  return {
    warn: (message, fields) => write('warn', message, fields),
    info: (message, fields) => write('info', message, fields),
    debug: (message, fields) => write('debug', message, fields),
    isDebug: level === 'debug',
  };
}
