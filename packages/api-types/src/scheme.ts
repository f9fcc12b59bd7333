import type { ApiObject } from './api-object.js';
import { BadRequestError } from './errors/bad-request-error.js';
import { apiVersionOf, type KindDefinition } from './kind-definition.js';
import { nearestWord } from './nearest-word.js';
import type { TypeMeta } from './object-meta.js';

/** A kind of whatever object type; what a {@link Scheme} holds. */
// A KindDefinition<T> takes T in its functions, so no single T covers all kinds; the registry hands each only its own objects.
export type AnyKind = Omit<KindDefinition, 'applyDefaults' | 'validate'>;

/** A set of kinds that belong together: what a program knows how to store, watch and show. */
export class Scheme {
  readonly #byType = new Map<string, KindDefinition>();
  readonly #byWord = new Map<string, KindDefinition>();

  /** @throws TypeError when two kinds claim the same type, plural, singular or short name */
  constructor(kinds: readonly AnyKind[]) {
    for (const kind of kinds as readonly KindDefinition[]) this.#register(kind);
  }

  /** All kinds, in the order they were given. */
  get kinds(): readonly KindDefinition[] {
    return [...this.#byType.values()];
  }

  /** A scheme with these kinds as well. */
  with(...kinds: readonly AnyKind[]): Scheme {
    return new Scheme([...this.kinds, ...kinds]);
  }

  /**
   * The kind an object says it is of.
   *
   * @throws BadRequestError naming the kind that was probably meant and those that are known
   */
  kindOf(object: TypeMeta): KindDefinition {
    const kind = this.#byType.get(typeKey(object.apiVersion, object.kind));
    if (kind !== undefined) return kind;
    const near = this.#nearest(object.kind);
    const meant = near === undefined ? '' : `did you mean ${nameOf(near)}? `;
    throw new BadRequestError({
      message: `no kind "${object.kind}" in version "${object.apiVersion}" is known; ${meant}known are: ${this.kinds.map(nameOf).join(', ')}`,
    });
  }

  #nearest(name: unknown): KindDefinition | undefined {
    // What nobody has checked yet may name no kind at all.
    if (typeof name !== 'string') return undefined;
    const near = nearestWord(
      name,
      this.kinds.map(({ kind }) => kind),
    );
    return this.find(name) ?? (near === undefined ? undefined : this.find(near));
  }

  /** The kind that goes by a word (plural, singular, kind or short name, in any case; `plural.group` too), if any. */
  find(word: string): KindDefinition | undefined {
    return this.#byWord.get(word.toLowerCase());
  }

  /** Whether this very definition is part of the scheme. */
  has<T extends ApiObject>(kind: KindDefinition<T>): boolean {
    return this.#byType.has(typeKey(apiVersionOf(kind), kind.kind));
  }

  #register(kind: KindDefinition): void {
    const type = typeKey(apiVersionOf(kind), kind.kind);
    if (this.#byType.has(type)) throw new TypeError(`the kind ${type} is given twice`);
    this.#byType.set(type, kind);
    const words = [kind.plural, kind.singular, kind.kind.toLowerCase(), ...kind.shortNames];
    for (const word of new Set([...words, `${kind.plural}.${kind.group}`])) {
      const other = this.#byWord.get(word);
      if (other !== undefined) throw new TypeError(`the kinds ${other.kind} and ${kind.kind} both go by "${word}"`);
      this.#byWord.set(word, kind);
    }
  }
}

function nameOf(kind: KindDefinition): string {
  return typeKey(apiVersionOf(kind), kind.kind);
}

function typeKey(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}
