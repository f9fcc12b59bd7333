/** Why an exchange gave no answer. */
export type ExchangeProblem =
  /** No connection; nothing was sent. */
  | 'connect'
  /** No connection in time; nothing was sent. */
  | 'connect-timeout'
  /** The connection broke afterwards. */
  | 'lost'
  /** What came is not HTTP, or not encoded as it says. */
  | 'garbled'
  /** More came than allowed. */
  | 'too-large';

/** An exchange that gave no answer; the caller turns it into a public error. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  /** Status and content type, where the answer had begun. */
  readonly answer: { readonly status: number; readonly contentType: string | undefined; readonly text: string };

  constructor(
    readonly problem: ExchangeProblem,
    message: string,
    options?: ErrorOptions & { readonly answer?: ExchangeFailure['answer'] },
  ) {
    super(message, options);
    this.answer = options?.answer ?? { status: 0, contentType: undefined, text: '' };
  }

  /** Node's code of the cause, such as `ECONNRESET`. */
  get reason(): string | undefined {
    const { cause } = this;
    return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  }
}
