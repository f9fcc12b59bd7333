import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** Everything random in the simulation, from one seed; its state can be saved and resumed. */
export class RandomSource {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  private constructor(generator: ReturnType<typeof xoroshiro128plus>) {
    this.#generator = generator;
  }

  static fromSeed(seed: number): RandomSource {
    return new RandomSource(xoroshiro128plus(seed));
  }

  static fromState(state: readonly number[]): RandomSource {
    return new RandomSource(xoroshiro128plusFromState(state));
  }

  get state(): readonly number[] {
    return this.#generator.getState();
  }

  /** A number from 0 up to, and not including, 1. */
  fraction(): number {
    return (this.#generator.next() >>> 0) / 2 ** 32;
  }

  /** Lower-case hexadecimal digits, as container and template ids have them. */
  hex(length: number): string {
    let digits = '';
    while (digits.length < length) digits += (this.#generator.next() >>> 0).toString(16).padStart(8, '0');
    return digits.slice(0, length);
  }

  /** A UUID with dashes, as node and service ids have it. */
  uuid(): string {
    const digits = this.hex(32);
    const variant = '89ab'.charAt(this.#generator.next() & 3);
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
  }
}
