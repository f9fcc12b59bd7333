/** The platform says of a service what cannot be understood, so that nobody knows how it fares. */
export class UnreadableServiceError extends Error {
  override readonly name = 'UnreadableServiceError';

  /** @param which - the service, or how it was looked for */
  constructor(which: string, problem: string) {
    super(`platform service ${which} cannot be read: ${problem}`);
  }
}
