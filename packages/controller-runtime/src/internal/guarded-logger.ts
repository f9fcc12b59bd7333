import { asError } from '@ecsm/api-types';

import { logLevels, type Logger } from '../logger.js';
import { stackOf } from './stack-of.js';

/**
 * The same logger for use by a manager: it takes secrets out of the errors it is given as `err`, and never throws,
 * whatever the logger does or what was thrown does to the logger.
 *
 * @param redact - of a redacted error only name, message and stack remain; without it errors are handed on as they are
 */
export function guardedLogger(logger: Logger, redact?: (message: string) => string): Logger {
  const attempts: readonly ((fields: object) => object)[] = [
    redact === undefined ? (fields) => fields : (fields) => withPlainError(fields, redact),
    // What was thrown may be more than the logger can bear, and so may other fields.
    (fields) => withPlainError(fields, redact),
    () => ({}),
  ];
  const methods = logLevels.map((level) => [
    level,
    (fields: object, message: string): void => {
      for (const attempt of attempts) {
        try {
          logger[level](attempt(fields), message);
          return;
        } catch {
          // The next attempt says less.
        }
      }
    },
  ]);
  const guarded: Logger = {
    ...(Object.fromEntries(methods) as Pick<Logger, (typeof logLevels)[number]>),
    child: (fields) => {
      try {
        return guardedLogger(logger.child(fields), redact);
      } catch {
        return guarded;
      }
    },
  };
  return guarded;
}

function withPlainError(fields: object, redact = (text: string): string => text): object {
  if (!('err' in fields)) return fields;
  const error = asError(fields.err);
  const { name, message } = error;
  // Without a prototype: pino takes the type of an error from its constructor where there is one.
  const err = { __proto__: null, type: name, name, message: redact(message), stack: redact(stackOf(error)) };
  return { ...fields, err };
}
