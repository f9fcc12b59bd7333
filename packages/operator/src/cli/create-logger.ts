import type { Logger } from '@ecsm/controller-runtime';
import { pino } from 'pino';

import type { Settings } from '../config/settings.js';
import type { ProgramIo } from './program-io.js';

/** Fields that may hold secrets; they are masked wherever they turn up. */
const secretPaths = ['password', '*.password', '*.*.password', 'headers.authorization'];

/** The program's log on standard error: JSON lines, or lines for people on a terminal. */
export async function createLogger(settings: Settings, io: ProgramIo): Promise<{ readonly log: Logger }> {
  const format = settings.logFormat ?? (io.stderr.isTTY === true ? 'pretty' : 'json');
  const options = {
    level: settings.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, censor: '***' },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (format === 'json') return { log: pino(options, io.stderr) };
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ colorize: io.stderr.isTTY === true, translateTime: 'HH:MM:ss', singleLine: true });
  return { log: pino(options, { write: (line: string) => io.stderr.write(pretty(line)) }) };
}
