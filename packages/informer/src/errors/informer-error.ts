/** Base of the failures an informer reports or throws. */
export class InformerError extends Error {
  override readonly name: string = 'InformerError';
  /** Stable word for programs. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
