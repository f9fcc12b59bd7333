import { logFormats, type LogFormat } from '../config/settings.js';
import { createLogger, logFormatOf } from './create-logger.js';
import type { ProgramIo } from './program-io.js';

/** The form that flags or environment ask for, as far as it can be told when they make no sense. */
export function formatAskedFor(argv: readonly string[], io: ProgramIo): LogFormat {
  const name = '--log-format';
  const flag = argv.find((word, index) => word.startsWith(`${name}=`) || argv[index - 1] === name);
  const asked = flag?.replace(`${name}=`, '') ?? io.env['ECSM_OPERATOR_LOG_FORMAT'];
  const logFormat = logFormats.find((format) => format === asked);
  return logFormatOf(logFormat === undefined ? {} : { logFormat }, io);
}

/**
 * Says why the program ends: as lines of the log where that is JSON, since whoever collects it reads nothing else, and
 * in plain words where a person reads. A log that is silent says this all the same.
 */
export async function lastWords(
  problems: readonly string[],
  exitCode: number,
  logFormat: LogFormat,
  io: ProgramIo,
): Promise<void> {
  if (logFormat === 'pretty') {
    for (const problem of problems) io.stderr.write(`ecsm-operator: ${problem}\n`);
    return;
  }
  const { log } = await createLogger({ logFormat, logLevel: 'error' }, io);
  for (const problem of problems) log.error({ exitCode }, problem);
}
