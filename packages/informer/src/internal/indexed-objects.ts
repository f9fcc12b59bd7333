import { formatKey, type ApiObject, type ObjectKey, type Stored } from '@ecsm/api-types';

import type { IndexFunction, ObjectCache } from '../object-cache.js';

interface Index<T extends ApiObject> {
  readonly valuesOf: IndexFunction<T>;
  /** Keys by value; a value without keys is not there. */
  readonly keys: Map<string, Set<string>>;
}

/** Objects by key, with indexes over them. */
export class IndexedObjects<T extends ApiObject> implements ObjectCache<T> {
  readonly #objects = new Map<string, Stored<T>>();
  readonly #indexes = new Map<string, Index<T>>();

  get size(): number {
    return this.#objects.size;
  }

  get(key: ObjectKey | string): Stored<T> | undefined {
    return this.#objects.get(typeof key === 'string' ? key : formatKey(key));
  }

  list({ namespace }: { readonly namespace?: string } = {}): readonly Stored<T>[] {
    const objects = [...this.#objects.values()];
    return namespace === undefined ? objects : objects.filter((object) => object.metadata.namespace === namespace);
  }

  byIndex(index: string, value: string): readonly Stored<T>[] {
    const found: Stored<T>[] = [];
    for (const key of this.#index(index).keys.get(value) ?? []) {
      const object = this.#objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  indexValues(index: string): readonly string[] {
    return [...this.#index(index).keys.keys()];
  }

  addIndexer(name: string, valuesOf: IndexFunction<T>): void {
    if (this.#indexes.has(name)) throw new TypeError(`there is an index "${name}" already: choose another name`);
    const index: Index<T> = { valuesOf, keys: new Map() };
    for (const [key, object] of this.#objects) enter(index, key, object);
    this.#indexes.set(name, index);
  }

  /** Keeps an object and returns it as it is kept. */
  set(key: string, object: Stored<T>): Stored<T> {
    const previous = this.#objects.get(key);
    for (const index of this.#indexes.values()) {
      if (previous !== undefined) leave(index, key, previous);
      enter(index, key, object);
    }
    this.#objects.set(key, object);
    return object;
  }

  delete(key: string): void {
    const previous = this.#objects.get(key);
    if (previous === undefined) return;
    for (const index of this.#indexes.values()) leave(index, key, previous);
    this.#objects.delete(key);
  }

  #index(name: string): Index<T> {
    const index = this.#indexes.get(name);
    if (index === undefined) {
      const known = [...this.#indexes.keys()].join(', ') || 'none';
      throw new TypeError(`there is no index "${name}"; known are: ${known}`);
    }
    return index;
  }
}

function enter<T extends ApiObject>({ valuesOf, keys }: Index<T>, key: string, object: Stored<T>): void {
  for (const value of valuesOf(object)) {
    const set = keys.get(value);
    if (set === undefined) keys.set(value, new Set([key]));
    else set.add(key);
  }
}

function leave<T extends ApiObject>({ valuesOf, keys }: Index<T>, key: string, object: Stored<T>): void {
  for (const value of valuesOf(object)) {
    const set = keys.get(value);
    set?.delete(key);
    if (set?.size === 0) keys.delete(value);
  }
}
