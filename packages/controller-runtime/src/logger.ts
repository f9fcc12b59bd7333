import { checkOptions, isReadableError, must, showValue, type OptionRules } from '@ecsm/api-types';

import { stackOf } from './internal/stack-of.js';

/** Writes one line: fields for programs, a sentence for people. */
export type LogMethod = (fields: object, message: string) => void;

/** Where messages go; a pino logger fits as it is. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  /** A logger that adds these fields to every line. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

/** The levels of {@link consoleLogger}, least urgent first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** Options of {@link consoleLogger}. */
export interface ConsoleLoggerOptions {
  /**
   * Nothing below this level is written.
   *
   * @defaultValue `'info'`
   */
  readonly level?: (typeof logLevels)[number];
  /**
   * Writes one line.
   *
   * @defaultValue `console.error`, so that standard output stays the program's own
   */
  readonly write?: (line: string) => void;
}

function show(value: unknown): string {
  const isError = isReadableError(value);
  const text = isError ? stackOf(value) : showValue(value);
  return (typeof value === 'object' && !isError) || /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

const rules: OptionRules<ConsoleLoggerOptions> = { level: must.beOneOf(logLevels), write: must.beFunction };

/**
 * A logger for programs without one: a line of text each, with the fields behind the message.
 *
 * @throws TypeError for a level that there is not
 */
export function consoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  checkOptions('the console logger', options, rules);
  const { level = 'info', write = (line: string): void => console.error(line) } = options;
  const lowest = logLevels.indexOf(level);
  const make = (bound: Readonly<Record<string, unknown>>): Logger => {
    const method = (name: (typeof logLevels)[number]): LogMethod => {
      if (logLevels.indexOf(name) < lowest) return () => undefined;
      return (fields, message) => {
        const rest = Object.entries({ ...bound, ...fields }).filter(([, value]) => value !== undefined);
        write([name.toUpperCase(), message, ...rest.map(([field, value]) => `${field}=${show(value)}`)].join(' '));
      };
    };
    return {
      debug: method('debug'),
      info: method('info'),
      warn: method('warn'),
      error: method('error'),
      child: (fields) => make({ ...bound, ...fields }),
    };
  };
  return make({});
}

/** A logger that writes nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
