import { digestOf } from './digest-of.js';

/** The body of an answer: decoded to text, and hashed, only where somebody asks for that, and then once. */
export class AnswerBody {
  readonly #bytes: Buffer;
  #text: string | undefined;
  #digest: string | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The body as it came, after decompression. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Without the mark of byte order that some servers begin with. */
  get text(): string {
    return (this.#text ??= this.#bytes.toString('utf8').replace(/^\uFEFF/, ''));
  }

  /** The same for two bodies that are equal, and, as good as certainly, for no others. */
  get digest(): string {
    return (this.#digest ??= digestOf(this.#bytes));
  }
}
