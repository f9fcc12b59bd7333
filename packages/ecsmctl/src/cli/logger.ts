import type { logLevels } from '../definitions/global-flags.js';
import type { Output } from '../io.js';

/** How loud a message is. */
export type LogLevel = (typeof logLevels)[number];

const order: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug'];

/** Tells on stderr what goes on; stdout is for results alone. */
export interface Logger {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Whether debug messages are shown, for those that are costly to make. */
  readonly isDebug: boolean;
}

/** The level a flag's value stands for; digits as kubectl's `-v`. */
export function logLevelOf(text: string | undefined): LogLevel {
  const level = order.find((each) => each === text);
  if (level !== undefined) return level;
  const digit = Number(text);
  if (text === undefined || !Number.isInteger(digit) || digit < 2) return 'warn';
  return digit < 6 ? 'info' : 'debug';
}

/** A logger that writes lines. */
export function createLogger(stderr: Output, level: LogLevel, format: 'pretty' | 'json', now: () => number): Logger {
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
