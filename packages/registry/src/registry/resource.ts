import {
  BadRequestError,
  ConflictError,
  describeDetails,
  InvalidError,
  NotFoundError,
  type ApiObject,
  type ApplyOptions,
  type ApplyResult,
  type CreateOptions,
  type DeleteCollectionOptions,
  type DeleteOptions,
  type DeleteResult,
  type GetOptions,
  type KeyOrName,
  type KindDefinition,
  type ListOptions,
  type Manifest,
  type ObjectKey,
  type ObjectList,
  type Patch,
  type PatchOptions,
  type ResourceClient,
  type Stored,
  type UpdateOptions,
  type VersionList,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from '@ecsm/api-types';
import type { StoreEntry, StoreKey } from '../store/store.js';
import { admitContent, receive, type ReceivedObject } from './internal/admit.js';
import { applyObject, keyOfManifest } from './internal/apply-object.js';
import { Breather } from './internal/breather.js';
import type { RegistryContext } from './internal/context.js';
import type { KindBinding } from './internal/kind-binding.js';
import { listObjects, listObjectVersions } from './internal/list-objects.js';
import { patchObject } from './internal/patch-object.js';
import { allAsStored, asStored, decodeEntry, type RawObject } from './internal/raw-object.js';
import { deleteObject } from './internal/remove-object.js';
import { parseResourceVersion, tooNew } from './internal/resource-version.js';
import { withReplicas } from './internal/scale.js';
import { transact, type Transaction } from './internal/transaction.js';
import { watchObjects } from './internal/watch-objects.js';
import { checkIdentity, createObject, notFound, replaceObject, replaceStatus } from './internal/write-object.js';

/** A read looks at nothing but the object. */
const contentOnly = { content: true } as const;

/** How many objects a collection delete looks at between two commits. */
const deletePageSize = 100;

/**
 * The objects of one kind in a registry, of all namespaces or of one.
 *
 * Reads return fresh copies that are the caller's. Writes never touch the object they are given, validate it as a whole,
 * and store nothing when nothing has changed.
 */
export class Resource<T extends ApiObject> implements ResourceClient<T> {
  readonly kind: KindDefinition<T>;
  readonly #context: RegistryContext;
  readonly #binding: KindBinding;
  readonly #namespace: string | undefined;

  /** @internal */
  constructor(context: RegistryContext, binding: KindBinding, kind: KindDefinition<T>, namespace?: string) {
    this.#context = context;
    this.#binding = binding;
    this.kind = kind;
    this.#namespace = namespace;
  }

  namespace(namespace: string): Resource<T> {
    if (!this.#binding.namespaced) {
      throw new BadRequestError({ message: `${this.kind.plural} are of cluster scope and have no namespaces` });
    }
    return new Resource(this.#context, this.#binding, this.kind, namespace);
  }

  async get(key: KeyOrName, options: GetOptions = {}): Promise<Stored<T>> {
    const storeKey = this.#storeKey(key);
    const { signal } = options;
    const entry = await this.#context.store.get(
      storeKey,
      signal === undefined ? contentOnly : { ...contentOnly, signal },
    );
    const asked = options.resourceVersion === undefined ? 0 : parseResourceVersion(options.resourceVersion);
    if (asked > (entry?.revision ?? 0)) {
      const newest = await this.#context.store.revision(options);
      if (asked > newest) throw tooNew(asked, newest);
    }
    if (entry === undefined) throw notFound(this.#binding, storeKey);
    return asStored<T>(decodeEntry(entry));
  }

  async list(options: ListOptions = {}): Promise<ObjectList<T>> {
    const { items, ...page } = await listObjects(this.#context, this.#binding, this.#scoped(options));
    return { ...page, items: allAsStored<T>(items) };
  }

  listVersions(options: ListOptions = {}): Promise<VersionList> {
    return listObjectVersions(this.#context, this.#binding, this.#scoped(options));
  }

  watch(options: WatchOptions = {}): AsyncIterable<WatchEvent<T>> {
    return watchObjects<T>(this.#context, this.#binding, this.#scoped(options));
  }

  async create(object: Manifest<T>, options: CreateOptions = {}): Promise<Stored<T>> {
    const stored = await this.#transact(options, async (transaction) => {
      const received = this.#receive(object, options);
      const { resourceVersion, name } = received.object.metadata;
      if (resourceVersion !== undefined) {
        const details = this.#binding.details({ name });
        throw new BadRequestError({
          message: `${describeDetails(details)} cannot be created with a resourceVersion: remove it, or use update`,
          details,
        });
      }
      return createObject(this.#context, this.#binding, transaction, received, options);
    });
    return asStored<T>(stored);
  }

  async update(object: T, options: UpdateOptions = {}): Promise<Stored<T>> {
    const stored = await this.#transact(options, async (transaction) => {
      const received = this.#receive(object, options);
      const { uid, resourceVersion } = received.object.metadata;
      const errors = [...received.errors];
      if (resourceVersion === undefined) {
        errors.push({
          field: 'metadata.resourceVersion',
          rule: 'is required for an update: read the object and change that, or use patch or apply',
        });
      }
      if (errors.length > 0)
        await admitContent(this.#binding, { ...received, errors }, undefined, transaction, options);
      const { key, entry, old } = await this.#read(transaction, received.object.metadata);
      checkIdentity(this.#binding, entry, { uid, resourceVersion });
      return (await replaceObject(this.#context, this.#binding, transaction, key, old, received, options)).object;
    });
    return asStored<T>(stored);
  }

  async updateStatus(object: T, options: UpdateOptions = {}): Promise<Stored<T>> {
    this.#assertStatus();
    const stored = await this.#transact(options, async (transaction) => {
      const { object: given, errors } = this.#receive(object, options);
      const { uid, resourceVersion } = given.metadata;
      const found = [...errors];
      if (uid === undefined) {
        found.push({
          field: 'metadata.uid',
          rule: 'is required, so that the status of an object that is gone lands on no namesake',
        });
      }
      if (given['status'] === undefined) found.push({ field: 'status', rule: 'is required' });
      if (found.length > 0) throw new InvalidError({ details: this.#binding.details(given.metadata), errors: found });
      const { key, entry, old } = await this.#read(transaction, given.metadata);
      checkIdentity(this.#binding, entry, { uid, resourceVersion });
      return this.#replaceStatus(transaction, key, old, given, options);
    });
    return asStored<T>(stored);
  }

  async scale(key: KeyOrName, replicas: number, options: UpdateOptions = {}): Promise<Stored<T>> {
    const objectKey = this.#key(key);
    const stored = await this.#transact(options, async (transaction) => {
      const { key: at, old } = await this.#read(transaction, objectKey);
      const received = this.#receive(withReplicas(this.#binding, old, replicas), options);
      return (await replaceObject(this.#context, this.#binding, transaction, at, old, received, options)).object;
    });
    return asStored<T>(stored);
  }

  async patch(key: KeyOrName, patch: Patch, options: PatchOptions = {}): Promise<Stored<T>> {
    const objectKey = this.#key(key);
    const status = options.subresource === 'status';
    if (status) this.#assertStatus();
    const stored = await this.#transact(options, async (transaction) => {
      const { key: at, entry, old } = await this.#read(transaction, objectKey);
      const received = this.#receive(patchObject(this.#binding, entry, patch), options);
      const { uid, resourceVersion, ...metadata } = received.object.metadata;
      checkIdentity(this.#binding, entry, { uid, resourceVersion });
      if (metadata.name !== at.name || (metadata.namespace ?? '') !== at.namespace) {
        throw new BadRequestError({
          message: `a patch cannot rename ${describeDetails(this.#binding.details(at))}: create another object instead`,
          details: this.#binding.details(at),
        });
      }
      if (status) return this.#replaceStatus(transaction, at, old, received.object, options);
      return (await replaceObject(this.#context, this.#binding, transaction, at, old, received, options)).object;
    });
    return asStored<T>(stored);
  }

  async apply(manifest: Manifest<T>, options: ApplyOptions = {}): Promise<ApplyResult<T>> {
    const { object, outcome } = await this.#transact(options, (transaction) => {
      const received = this.#receive(manifest, options);
      const key = keyOfManifest(this.#binding, received);
      return applyObject(this.#context, this.#binding, transaction, key, received, options);
    });
    return { object: asStored<T>(object), outcome };
  }

  delete(key: KeyOrName, options: DeleteOptions = {}): Promise<DeleteResult<T>> {
    return this.#delete(this.#storeKey(key), options);
  }

  async deleteCollection(options: DeleteCollectionOptions = {}): Promise<number> {
    const { labelSelector, fieldSelector, namespace, preconditions, signal, ...deletion } = options;
    if (preconditions !== undefined) {
      throw new BadRequestError({ message: 'preconditions speak of one object and cannot be used to delete several' });
    }
    const selectors = {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(signal === undefined ? {} : { signal }),
    };
    const breather = new Breather();
    let deleted = 0;
    let next: string | undefined;
    do {
      const page = await this.listVersions({
        ...selectors,
        limit: deletePageSize,
        ...(next === undefined ? {} : { continue: next }),
      });
      for (const { key, uid } of page.items) {
        signal?.throwIfAborted();
        if (breather.tired) await breather.rest(signal);
        const result = await this.#delete(this.#binding.storeKey(key), {
          ...deletion,
          preconditions: { uid },
          ...(signal === undefined ? {} : { signal }),
        }).catch((error: unknown) => {
          // Gone and made anew since it was listed: the one that was meant is deleted, by somebody else.
          if (error instanceof ConflictError) return { deleted: false };
          throw error;
        });
        if (result.deleted) deleted++;
      }
      next = page.continue;
    } while (next !== undefined);
    return deleted;
  }

  async #delete(key: StoreKey, options: DeleteOptions): Promise<DeleteResult<T>> {
    return this.#transact<DeleteResult<T>>(options, async (transaction) => {
      const entry = await transaction.get(key);
      if (entry === undefined) return { deleted: false };
      checkIdentity(this.#binding, entry, options.preconditions ?? {});
      const object = await deleteObject(this.#context, transaction, key, decodeEntry(entry), options.propagationPolicy);
      const pendingFinalizers = object.metadata.finalizers ?? [];
      return { deleted: true, object: asStored<T>(object), pendingFinalizers: [...pendingFinalizers] };
    });
  }

  async #replaceStatus(
    transaction: Transaction,
    key: StoreKey,
    old: RawObject,
    given: RawObject,
    options: WriteOptions,
  ): Promise<RawObject> {
    const status = given['status'];
    return (await replaceStatus(this.#context, this.#binding, transaction, key, old, status, options)).object;
  }

  async #read(
    transaction: Transaction,
    key: ObjectKey,
  ): Promise<{ readonly key: StoreKey; readonly entry: StoreEntry; readonly old: RawObject }> {
    const storeKey = this.#binding.storeKey(key);
    const entry = await transaction.get(storeKey);
    if (entry === undefined) throw notFound(this.#binding, storeKey);
    return { key: storeKey, entry, old: decodeEntry(entry) };
  }

  #transact<Result>(options: WriteOptions, attempt: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return transact(this.#context.store, this.#context.clock, options, attempt);
  }

  #receive(object: unknown, options: WriteOptions): ReceivedObject {
    return receive(this.#binding, object, {
      ...options,
      ...(this.#namespace === undefined ? {} : { namespace: this.#namespace }),
    });
  }

  #assertStatus(): void {
    if (this.#binding.hasStatus) return;
    throw new NotFoundError({
      message: `${this.kind.plural} have no status that is written separately: use update`,
      details: { kind: this.kind.plural },
    });
  }

  #key(key: KeyOrName): ObjectKey {
    if (typeof key === 'string') {
      return this.#namespace === undefined ? { name: key } : { namespace: this.#namespace, name: key };
    }
    if (this.#namespace === undefined || key.namespace === this.#namespace) return key;
    if (key.namespace === undefined) return { namespace: this.#namespace, name: key.name };
    throw new BadRequestError({
      message: `${this.kind.plural} "${key.namespace}/${key.name}" cannot be reached through a view of namespace "${this.#namespace}"`,
      details: this.#binding.details(key),
    });
  }

  #storeKey(key: KeyOrName): StoreKey {
    return this.#binding.storeKey(this.#key(key));
  }

  #scoped<Options extends { readonly namespace?: string }>(options: Options): Options {
    const own = this.#namespace;
    if (own === undefined) return options;
    if (options.namespace !== undefined && options.namespace !== own) {
      throw new BadRequestError({
        message: `namespace "${options.namespace}" cannot be seen through a view of namespace "${own}"`,
      });
    }
    return { ...options, namespace: own };
  }
}
