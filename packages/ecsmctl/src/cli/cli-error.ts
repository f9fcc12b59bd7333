import { exitCodes, type ExitCode } from './exit-code.js';

/** A failure with its way out, shown to the user as it is. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly exitCode: ExitCode;
  /** What to do about it, in one line. */
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly hint?: string | undefined; readonly exitCode?: ExitCode } = {}) {
    super(message);
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? exitCodes.error;
  }
}

/** Why the system refused, as the code that it gives, such as `EACCES`. */
export function systemReason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** The command line cannot be understood. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string) {
    super(message, { hint, exitCode: exitCodes.usage });
  }
}

/** Everything that can be said about failures has been printed already; only the exit code is left. */
export class ReportedError extends CliError {
  override readonly name = 'ReportedError';
}
