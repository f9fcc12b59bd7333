import { showValue } from './show-value.js';

/** What is logged of something thrown: any value at all, with secrets taken out where the program says how. */
export function describeError(error: unknown, redact: ((message: string) => string) | undefined): unknown {
  if (redact === undefined)
    return error instanceof Error ? error : new Error(`not an Error was thrown: ${showValue(error)}`);
  if (!(error instanceof Error)) return { type: typeof error, message: redact(showValue(error)) };
  return { type: error.name, message: redact(error.message), stack: redact(error.stack ?? '') };
}
