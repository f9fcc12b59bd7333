import { invalidFields } from '../cluster/service-request.js';
import { isObject } from '../internal/json.js';

/** Reads the fields of a JSON body one by one, collecting every fault before refusing it. */
export class Body {
  readonly #fields: Record<string, unknown>;
  readonly #errors: Record<string, string> = {};

  constructor(body: unknown) {
    this.#fields = isObject(body) ? body : {};
  }

  /** A string that must be there and not be empty. */
  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value === 'string' && value !== '') return value;
    this.#errors[name] = 'must be a non-empty string';
    return '';
  }

  optionalText(name: string): string | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    this.#errors[name] = 'must be a string';
    return undefined;
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'boolean') return value;
    this.#errors[name] = 'must be a boolean';
    return undefined;
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number') return value;
    this.#errors[name] = 'must be a number';
    return undefined;
  }

  /** An array of strings that must be there. */
  texts(name: string): readonly string[] {
    const value = this.#fields[name];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.#errors[name] = 'must be an array of strings';
    return [];
  }

  /** One of some words that must be there. */
  word<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.optionalWord(name, words);
    if (value === undefined) this.#errors[name] ??= `must be one of ${words.join(', ')}`;
    return value ?? ('' as Word);
  }

  optionalWord<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) this.#errors[name] = `must be one of ${words.join(', ')}`;
    return word;
  }

  /** The field as it came. */
  raw(name: string): unknown {
    return this.#fields[name];
  }

  /**
   * Ends the reading.
   *
   * @throws {@link PlatformError} (`invalid`) naming every field that broke its rule
   */
  done(): void {
    if (Object.keys(this.#errors).length > 0) throw invalidFields(this.#errors);
  }
}
