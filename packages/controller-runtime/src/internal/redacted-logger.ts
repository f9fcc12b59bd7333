import { logLevels, type Logger } from '../logger.js';
import { asError } from './as-error.js';

/** The same logger, with secrets taken out of the errors it is given as `err`; only name, message and stack remain. */
export function redactedLogger(logger: Logger, redact: (message: string) => string): Logger {
  const redacted = (fields: object): object => {
    if (!('err' in fields)) return fields;
    const { name, message, stack = '' } = asError(fields.err);
    // Without a prototype: pino takes the type of an error from its constructor where there is one.
    return { ...fields, err: { __proto__: null, type: name, name, message: redact(message), stack: redact(stack) } };
  };
  const methods = logLevels.map((level) => [
    level,
    (fields: object, message: string): void => {
      logger[level](redacted(fields), message);
    },
  ]);
  return {
    ...(Object.fromEntries(methods) as Pick<Logger, (typeof logLevels)[number]>),
    child: (fields) => redactedLogger(logger.child(fields), redact),
  };
}
