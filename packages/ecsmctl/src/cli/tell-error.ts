import type { Output } from '../io.js';
import type { ExitCode } from './exit-code.js';
import { presentError } from './present-error.js';

/** What is told of an error besides what it says itself. */
export interface TellErrorOptions {
  /** What it is about. */
  readonly about?: string | undefined;
  /** A better way out than its own. */
  readonly hint?: string | undefined;
}

/** Tells what went wrong in one line and the way out, if there is one, in another. Returns how the run should end. */
export function tellError(stderr: Output, error: unknown, { about, hint }: TellErrorOptions = {}): ExitCode {
  const presented = presentError(error);
  const { message, exitCode } = presented;
  if (message !== undefined) stderr.write(`error: ${about === undefined ? '' : `${about}: `}${message}\n`);
  const shown = hint ?? presented.hint;
  if (shown !== undefined) stderr.write(`hint: ${shown}\n`);
  return exitCode;
}
