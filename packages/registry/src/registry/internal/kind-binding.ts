import {
  apiVersionOf,
  BadRequestError,
  type ErrorDetails,
  type KindDefinition,
  type ObjectKey,
  type SchemaValidator,
} from '@ecsm/api-types';
import type { StoreKey } from '../../store/store.js';
import { compileSchema } from './compile-schema.js';

/** A kind as one registry uses it: its names worked out and its schema compiled once. */
export class KindBinding {
  readonly kind: KindDefinition;
  readonly apiVersion: string;
  /** See {@link resourceOf}. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly hasStatus: boolean;
  #validator: SchemaValidator | undefined;

  constructor(kind: KindDefinition) {
    this.kind = kind;
    this.apiVersion = apiVersionOf(kind);
    this.resource = resourceOf(kind);
    this.namespaced = kind.scope === 'namespaced';
    this.hasStatus = kind.subresources.status === true;
    this.#validator = kind.validateSchema;
  }

  /** The compiled schema; loads the compiler only for kinds that bring none. */
  validator(): SchemaValidator | Promise<SchemaValidator> {
    return this.#validator ?? this.#compile();
  }

  async #compile(): Promise<SchemaValidator> {
    this.#validator = await compileSchema(this.kind);
    return this.#validator;
  }

  /**
   * Where an object is kept.
   *
   * @throws BadRequestError when the key does not fit the scope of the kind
   */
  storeKey(key: ObjectKey): StoreKey {
    const { namespace, name } = key;
    if (typeof name !== 'string' || name === '') {
      throw new BadRequestError({
        message: `a name is needed to find one of ${this.kind.plural}`,
        details: { kind: this.kind.plural },
      });
    }
    if (this.namespaced && (namespace === undefined || namespace === '')) {
      throw new BadRequestError({
        message: `${this.kind.plural} "${name}" is named without a namespace: give { namespace, name }, or use namespace('…')`,
        details: { kind: this.kind.plural, name },
      });
    }
    if (!this.namespaced && namespace !== undefined) {
      throw new BadRequestError({
        message: `${this.kind.plural} "${name}" is named with a namespace, but the kind is of cluster scope: leave the namespace out`,
        details: this.details(key),
      });
    }
    return { kind: this.resource, namespace: namespace ?? '', name };
  }

  /** How errors name an object. */
  details(key: { readonly namespace?: string | undefined; readonly name?: string | undefined }): ErrorDetails {
    return {
      kind: this.kind.plural,
      ...(key.namespace === undefined || key.namespace === '' ? {} : { namespace: key.namespace }),
      ...(key.name === undefined ? {} : { name: key.name }),
    };
  }
}

/** What store keys and messages call a kind, e.g. `ecsmservices.ecsm.sh`. */
export function resourceOf({ plural, group }: KindDefinition): string {
  return `${plural}.${group}`;
}

/** The key that callers see of a store key. */
export function objectKey(key: StoreKey): ObjectKey {
  return key.namespace === '' ? { name: key.name } : { namespace: key.namespace, name: key.name };
}
