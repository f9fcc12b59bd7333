import type { EcsmClientError, FailedCall } from '../errors/ecsm-client-error.js';
import { NullDataError } from '../errors/null-data-error.js';
import { OutcomeUnknownError } from '../errors/outcome-unknown-error.js';
import { UnexpectedAnswerError } from '../errors/unexpected-answer-error.js';
import type { UnreadableAnswer } from '../errors/unreadable-answer-error.js';
import { DecodeProblem } from '../internal/decode.js';
import { excerptOf } from '../internal/redact.js';
import type { AnswerBody } from '../internal/answer-body.js';
import type { Envelope } from '../wire/envelope.js';

/** Reads data of unknown shape; `at` is its name for messages. */
export type Decoder<T> = (data: unknown, at: string) => T;

/** The successful answer to a {@link RestRequest}. */
export class RestResult {
  /** Whether the call changed something, so that an unusable answer leaves its outcome unknown. */
  readonly #isWrite: boolean;
  readonly #call: FailedCall;
  readonly #contentType: string | undefined;
  readonly #body: AnswerBody;
  readonly #secrets: readonly string[];
  readonly httpStatus: number;
  /** Whether it is byte for byte the answer that {@link RestRequest.unless} named. */
  readonly isKnown: boolean;
  readonly #read: () => Envelope;

  /** @internal */
  constructor(answer: {
    readonly call: FailedCall;
    readonly isWrite: boolean;
    readonly httpStatus: number;
    readonly contentType: string | undefined;
    readonly body: AnswerBody;
    readonly isKnown: boolean;
    readonly read: () => Envelope;
    readonly secrets: readonly string[];
  }) {
    this.#call = answer.call;
    this.#isWrite = answer.isWrite;
    this.#contentType = answer.contentType;
    this.#body = answer.body;
    this.#secrets = answer.secrets;
    this.httpStatus = answer.httpStatus;
    this.isKnown = answer.isKnown;
    this.#read = answer.read;
  }

  /** The answer itself; one that is known is read only when this is asked for. */
  get envelope(): Envelope {
    return this.#read();
  }

  /** The same for two answers that are the same byte for byte, and for no others. */
  get digest(): string {
    return this.#body.digest;
  }

  /** The body as it came; it may hold passwords. */
  raw(): string {
    return this.#body.text;
  }

  /**
   * The data of the answer.
   *
   * @throws NullDataError when there is none
   * @throws UnexpectedAnswerError when `decode` refuses it
   * @throws OutcomeUnknownError around either of them when the call was a write
   */
  into<T>(decode: Decoder<T>): T {
    const { data } = this.envelope;
    if (data === null || data === undefined) this.#refuse(new NullDataError(this.#call, this.#shown()));
    return this.intoNullable(decode);
  }

  /** The data of an answer that may come without any; `decode` is then given `null`. Otherwise as {@link RestResult.into}. */
  intoNullable<T>(decode: Decoder<T>): T {
    try {
      return decode(this.envelope.data ?? null, 'data');
    } catch (error) {
      if (!(error instanceof DecodeProblem)) throw error;
      return this.unexpected(error.message);
    }
  }

  /** Throws the error for data that is readable and cannot be true. */
  unexpected(problem: string): never {
    return this.#refuse(new UnexpectedAnswerError(this.#call, this.#shown(), problem));
  }

  #refuse(error: EcsmClientError): never {
    throw this.#isWrite ? new OutcomeUnknownError(this.#call, error) : error;
  }

  #shown(): UnreadableAnswer {
    const excerpt = excerptOf(this.#body.text, this.#secrets);
    return { httpStatus: this.httpStatus, contentType: this.#contentType, excerpt };
  }
}
