/** Why the platform refuses a request, as the status of its envelope. */
export const refusals = {
  /** The request itself is wrong. */
  invalid: 400,
  /** What it speaks of does not exist. */
  notFound: 404,
  /** It contradicts what is there: a name that is taken, a container in the wrong state. */
  conflict: 409,
} as const;

/** A refusal by the simulated platform; the HTTP side turns it into an error envelope. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  /** Status in the envelope. */
  readonly status: number;
  /** Offending fields and their rules, for requests that are wrong in themselves. */
  readonly fieldErrors: Readonly<Record<string, string>> | undefined;

  constructor(reason: keyof typeof refusals, message: string, fieldErrors?: Readonly<Record<string, string>>) {
    super(message);
    this.status = refusals[reason];
    this.fieldErrors = fieldErrors;
  }
}
