import type {
  ApiObject,
  ApplyOptions,
  ApplyResult,
  CreateOptions,
  DeleteCollectionOptions,
  DeleteOptions,
  DeleteResult,
  GetOptions,
  KeyOrName,
  KindDefinition,
  ListOptions,
  Manifest,
  ObjectList,
  Patch,
  PatchOptions,
  ResourceClient,
  ResourceClients,
  Stored,
  UpdateOptions,
  WatchEvent,
  WatchOptions,
} from '@ecsm/api-types';

/** Decides, at the moment of each call, whether it may go out; refuses by throwing. */
export interface Guard {
  /** @param kind - name of the kind */
  beforeRead(verb: Verb, kind: string): void;
  beforeWrite(verb: Verb, kind: string): void;
  /** Stands between a watch and its reader. */
  watch?<T extends ApiObject>(client: ResourceClient<T>, options?: WatchOptions): AsyncIterable<WatchEvent<T>>;
}

/** What a call does. */
export type Verb = Exclude<keyof ResourceClient<ApiObject>, 'kind' | 'namespace'>;

/** Clients that ask a guard before every call. */
export class GuardedClients implements ResourceClients {
  readonly #clients: ResourceClients;
  readonly #guard: Guard;

  constructor(clients: ResourceClients, guard: Guard) {
    this.#clients = clients;
    this.#guard = guard;
  }

  resource<T extends ApiObject>(kind: KindDefinition<T>): ResourceClient<T> {
    return guardClient(this.#clients.resource(kind), this.#guard);
  }
}

function guardClient<T extends ApiObject>(client: ResourceClient<T>, guard: Guard): ResourceClient<T> {
  const listVersions = client.listVersions?.bind(client);
  const guarded = new GuardedClient(client, guard);
  if (listVersions === undefined) return guarded;
  return Object.assign(guarded, {
    listVersions: async (options?: ListOptions) => {
      guard.beforeRead('listVersions', client.kind.kind);
      return listVersions(options);
    },
  });
}

class GuardedClient<T extends ApiObject> implements ResourceClient<T> {
  readonly kind: KindDefinition<T>;
  readonly #client: ResourceClient<T>;
  readonly #guard: Guard;

  constructor(client: ResourceClient<T>, guard: Guard) {
    this.kind = client.kind;
    this.#client = client;
    this.#guard = guard;
  }

  namespace(namespace: string): ResourceClient<T> {
    return guardClient(this.#client.namespace(namespace), this.#guard);
  }

  get(key: KeyOrName, options?: GetOptions): Promise<Stored<T>> {
    return this.#read('get', () => this.#client.get(key, options));
  }

  list(options?: ListOptions): Promise<ObjectList<T>> {
    return this.#read('list', () => this.#client.list(options));
  }

  async *watch(options?: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const guard = this.#guard;
    guard.beforeRead('watch', this.kind.kind);
    const events = guard.watch === undefined ? this.#client.watch(options) : guard.watch(this.#client, options);
    for await (const event of events) {
      guard.beforeRead('watch', this.kind.kind);
      yield event;
    }
  }

  create(object: Manifest<T>, options?: CreateOptions): Promise<Stored<T>> {
    return this.#write('create', () => this.#client.create(object, options));
  }

  update(object: T, options?: UpdateOptions): Promise<Stored<T>> {
    return this.#write('update', () => this.#client.update(object, options));
  }

  updateStatus(object: T, options?: UpdateOptions): Promise<Stored<T>> {
    return this.#write('updateStatus', () => this.#client.updateStatus(object, options));
  }

  scale(key: KeyOrName, replicas: number, options?: UpdateOptions): Promise<Stored<T>> {
    return this.#write('scale', () => this.#client.scale(key, replicas, options));
  }

  patch(key: KeyOrName, patch: Patch, options?: PatchOptions): Promise<Stored<T>> {
    return this.#write('patch', () => this.#client.patch(key, patch, options));
  }

  apply(manifest: Manifest<T>, options?: ApplyOptions): Promise<ApplyResult<T>> {
    return this.#write('apply', () => this.#client.apply(manifest, options));
  }

  delete(key: KeyOrName, options?: DeleteOptions): Promise<DeleteResult<T>> {
    return this.#write('delete', () => this.#client.delete(key, options));
  }

  deleteCollection(options?: DeleteCollectionOptions): Promise<number> {
    return this.#write('deleteCollection', () => this.#client.deleteCollection(options));
  }

  // Async, so that a refusal is a rejection like every other failure of these methods.
  async #read<R>(verb: Verb, call: () => Promise<R>): Promise<R> {
    this.#guard.beforeRead(verb, this.kind.kind);
    return call();
  }

  async #write<R>(verb: Verb, call: () => Promise<R>): Promise<R> {
    this.#guard.beforeWrite(verb, this.kind.kind);
    return call();
  }
}
