import {
  apiVersionOf,
  BadRequestError,
  ecsmScheme,
  systemClock,
  type AbortableOptions,
  type ApiObject,
  type KindDefinition,
  type ResourceClients,
  type Scheme,
} from '@ecsm/api-types';
import { assertThere } from '../store/sqlite/open-database.js';
import type { BackupResult } from '../store/sqlite/write-backup.js';
import { SqliteStore } from '../store/sqlite-store.js';
import type { Store, StoreStats } from '../store/store.js';
import { applyAll, type AnyManifest, type ApplyAllOptions, type ApplyAllResult } from './apply-all.js';
import { collectGarbage } from './internal/collect-garbage.js';
import type { RegistryContext } from './internal/context.js';
import { findUnreadable } from './internal/find-unreadable.js';
import { KindBinding } from './internal/kind-binding.js';
import type { OpenRegistryOptions, RegistryOptions } from './registry-options.js';
import { Resource } from './resource.js';

/**
 * The declared world: typed, validated, versioned objects over a {@link Store}.
 *
 * Every write is defaulted, validated and versioned, happens wholly or not at all, and is refused when the object has
 * changed since it was read. A write that changes nothing stores nothing and wakes nobody.
 *
 * @example
 * ```ts
 * await using registry = new Registry({ store: new MemoryStore() });
 * const services = registry.resource(ECSMService).namespace('default');
 * await services.apply(manifest);
 * for await (const event of services.watch({ sendInitialEvents: true })) console.log(event.type);
 * ```
 */
export class Registry implements ResourceClients, AsyncDisposable {
  /** The kinds the registry knows. */
  readonly scheme: Scheme;
  readonly store: Store;
  readonly #context: RegistryContext;

  constructor(options: RegistryOptions) {
    this.store = options.store;
    this.scheme = options.scheme ?? ecsmScheme;
    const byType = new Map<string, KindBinding>();
    const byResource = new Map<string, KindBinding>();
    for (const kind of this.scheme.kinds) {
      const binding = new KindBinding(kind);
      byType.set(`${binding.apiVersion} ${kind.kind}`, binding);
      byResource.set(binding.resource, binding);
    }
    this.#context = {
      store: options.store,
      scheme: this.scheme,
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      bindingOf: (apiVersion, kind) => byType.get(`${apiVersion} ${kind}`),
      bindingOfResource: (resource) => byResource.get(resource),
    };
  }

  /**
   * Opens the registry in an SQLite file. Other processes may have it open as well.
   *
   * @throws StoreMissingError when the file is not there and is not to be made
   * @throws StoreFileError when the file cannot be used; its code says why
   */
  static async open(options: OpenRegistryOptions): Promise<Registry> {
    const { path, create = true } = options;
    if (!create) assertThere(path);
    return new Registry({ ...options, store: await SqliteStore.open(options) });
  }

  /**
   * The objects of a kind, of all namespaces; narrow it with `.namespace('…')`.
   *
   * @throws BadRequestError when the kind is not in the registry's scheme
   */
  resource<T extends ApiObject>(kind: KindDefinition<T>): Resource<T> {
    const binding = this.#context.bindingOf(apiVersionOf(kind), kind.kind);
    if (binding !== undefined) return new Resource(this.#context, binding, kind);
    throw new BadRequestError({
      message: `kind ${kind.kind} of ${apiVersionOf(kind)} is not in the scheme of this registry: open it with ecsmScheme.with(${kind.kind})`,
    });
  }

  /** The same for a kind that is known only at run time, for instance from {@link Scheme.find}. */
  client(kind: KindDefinition): Resource<ApiObject> {
    return this.resource(kind);
  }

  /**
   * Applies manifests of any kinds, in order, and says of each what became of it.
   *
   * @throws the store's failures when all are applied in one transaction; else they are results
   */
  applyAll(manifests: readonly AnyManifest[], options: ApplyAllOptions = {}): Promise<readonly ApplyAllResult[]> {
    return applyAll(this.#context, manifests, options);
  }

  /**
   * Deletes objects whose owners are all gone and finishes deletions that wait for dependents. Run it at start and after
   * deletions: a commit takes along no more than 100 dependents.
   *
   * @returns how many objects it deleted, marked for deletion or let go
   */
  collectGarbage(options: AbortableOptions = {}): Promise<number> {
    return collectGarbage(this.#context, options);
  }

  /** Figures for metrics. */
  stats(): Promise<StoreStats> {
    return this.store.stats();
  }

  /** Forgets changes up to a revision, the present one by default: watches can no longer start before it. */
  async compact(revision?: number): Promise<void> {
    await this.store.compact(revision ?? (await this.store.revision()));
  }

  /**
   * Copies the registry into a file while it is in use.
   *
   * @throws BadRequestError when it is not in a file itself, or the destination is a folder, in none, or the registry itself
   * @throws UnavailableError when the copy cannot be written; no file is left then
   * @throws StoreClosedError when it is closed before the copy is complete; no file is left then
   */
  async backup(destination: string, options: AbortableOptions = {}): Promise<BackupResult> {
    if (this.store instanceof SqliteStore) return this.store.backup(destination, options);
    throw new BadRequestError({ message: 'only a registry in a file can be backed up' });
  }

  /** Examines the file and every object in it, and returns what is wrong in words; nothing when all is well. */
  async check(options: AbortableOptions = {}): Promise<readonly string[]> {
    const problems = this.store instanceof SqliteStore ? await this.store.checkIntegrity() : [];
    return [...problems, ...(await findUnreadable(this.#context, options))];
  }

  /** Closes the store; idempotent. */
  close(): Promise<void> {
    return this.store.close();
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
