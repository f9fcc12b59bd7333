import type { ApiObject, Manifest, ObjectList, Stored } from './api-object.js';
import type { KindDefinition } from './kind-definition.js';
import type { ObjectKey } from './object-key.js';
import type { WatchEvent } from './watch-event.js';

/** Options of anything that waits. */
export interface AbortableOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Options of every write. */
export interface WriteOptions extends AbortableOptions {
  /**
   * Checks and computes everything, and writes nothing.
   *
   * @defaultValue `false`
   */
  readonly dryRun?: boolean;
  /**
   * What to do with fields the kind does not know: refuse, keep out and warn, or keep out silently.
   *
   * @defaultValue `'strict'`
   */
  readonly fieldValidation?: 'strict' | 'warn' | 'ignore';
  /** Receives what is worth telling the user and is no error. */
  readonly onWarning?: (warning: string) => void;
}

/** Selects objects by labels and fields, in the words kubectl uses. */
export interface Selectors {
  /** E.g. `app=web,tier in (front,back),!canary`. */
  readonly labelSelector?: string;
  /** E.g. `metadata.name=web,status.readyReplicas!=0`. */
  readonly fieldSelector?: string;
}

/** Options of {@link ResourceReader.get}. */
export interface GetOptions extends AbortableOptions {
  /** Answer only from a state at least this new. */
  readonly resourceVersion?: string;
}

/** How a list's `resourceVersion` is meant. */
export const resourceVersionMatches = ['NotOlderThan', 'Exact'] as const;

/** Options of {@link ResourceReader.list}. */
export interface ListOptions extends AbortableOptions, Selectors {
  /** Only objects of this namespace; all namespaces without it. */
  readonly namespace?: string;
  /** At most this many objects a page. */
  readonly limit?: number;
  /** The `continue` of the page before. */
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: (typeof resourceVersionMatches)[number];
}

/** Options of {@link ResourceReader.watch}. */
export interface WatchOptions extends AbortableOptions, Selectors {
  /** Only objects of this namespace; all namespaces without it. */
  readonly namespace?: string;
  /**
   * Report everything after this revision. Without it, and without initial events, only what happens from now on.
   *
   * Objects that were written in one commit have one resourceVersion, so a watch that ended may have told some of them
   * and not the rest. Nothing is missed by who goes on behind the last bookmark, or behind the last resourceVersion but
   * one; some events come a second time then.
   */
  readonly resourceVersion?: string;
  /** Report the present objects first, as `added` with `initial`. */
  readonly sendInitialEvents?: boolean;
  /** Report progress as `bookmark` events: each time the watch has caught up, and about once a minute. */
  readonly allowBookmarks?: boolean;
}

/** What an informer keeps of an object. */
export interface ObjectVersion {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
}

/** One page of versions and the revision it shows; pages work as those of a list do. */
export interface VersionList {
  readonly resourceVersion: string;
  readonly items: readonly ObjectVersion[];
  readonly continue?: string;
  readonly inconsistent?: boolean;
}

/** What an informer needs of a source: to list, and to watch from the list's revision on. */
export interface ListWatch<T extends ApiObject> {
  readonly kind: KindDefinition<T>;
  /** Reads what the selectors match, all of it or page by page (`limit`, `continue`); an empty list when nothing does. */
  list(options?: ListOptions): Promise<ObjectList<T>>;
  /**
   * Reports changes until the signal aborts or the loop over it ends.
   *
   * @throws ExpiredError when the revision to start from is no longer kept: list again
   */
  watch(options?: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** Lists versions without reading the objects, where the source can. */
  listVersions?(options?: ListOptions): Promise<VersionList>;
}

/** Names an object: its key, or in a view of one namespace its name. */
export type KeyOrName = ObjectKey | string;

/** Reads objects of one kind. */
export interface ResourceReader<T extends ApiObject> extends ListWatch<T> {
  /**
   * Reads the object fresh.
   *
   * @throws NotFoundError when there is no such object
   */
  get(key: KeyOrName, options?: GetOptions): Promise<Stored<T>>;
}

/** Options of {@link ResourceClient.create}. */
export type CreateOptions = WriteOptions;

/** Options of {@link ResourceClient.update}. */
export type UpdateOptions = WriteOptions;

/** A change to an object: RFC 7386 merge patch, or the operations of an RFC 6902 JSON Patch. */
export type Patch =
  { readonly type: 'merge'; readonly patch: unknown } | { readonly type: 'json'; readonly patch: readonly unknown[] };

/** Options of {@link ResourceClient.patch}. */
export interface PatchOptions extends WriteOptions {
  /**
   * Which part of the object the patch may change.
   *
   * @defaultValue `'spec'` (everything but the status)
   */
  readonly subresource?: 'spec' | 'status';
}

/** Options of {@link ResourceClient.apply}. */
export interface ApplyOptions extends WriteOptions {
  /**
   * Who applies: the last applied manifest is remembered per object and manager.
   *
   * @defaultValue `'default'`
   */
  readonly manager?: string;
  /**
   * Take over fields that somebody else has changed since, instead of failing with a conflict that names them.
   *
   * @defaultValue `false`
   */
  readonly force?: boolean;
}

/** What {@link ResourceClient.apply} did. */
export interface ApplyResult<T extends ApiObject> {
  readonly object: Stored<T>;
  readonly outcome: 'created' | 'configured' | 'unchanged';
}

/** Conditions under which a delete may happen. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** What becomes of the objects that the deleted one owns. */
export const propagationPolicies = ['background', 'foreground', 'orphan'] as const;

/** What becomes of the objects that the deleted one owns. */
export type PropagationPolicy = (typeof propagationPolicies)[number];

/** Options of {@link ResourceClient.delete}. */
export interface DeleteOptions extends AbortableOptions {
  readonly dryRun?: boolean;
  readonly preconditions?: Preconditions;
  /** @defaultValue `'background'` */
  readonly propagationPolicy?: PropagationPolicy;
}

/** What a delete did: nothing was there, the object is gone, or it is marked and goes once its finalizers are done. */
export type DeleteResult<T extends ApiObject> =
  | { readonly deleted: false }
  | { readonly deleted: true; readonly object: Stored<T>; readonly pendingFinalizers: readonly string[] };

/** Options of {@link ResourceClient.deleteCollection}. */
export interface DeleteCollectionOptions extends DeleteOptions, Selectors {
  readonly namespace?: string;
}

/** Reads and writes objects of one kind: the seam between controllers and whatever keeps the objects. */
export interface ResourceClient<T extends ApiObject> extends ResourceReader<T> {
  /** A view of one namespace: names stand for keys, lists and watches are limited to it. */
  namespace(namespace: string): ResourceClient<T>;
  /**
   * @throws AlreadyExistsError when an object of that name exists
   * @throws InvalidError naming every field that breaks a rule
   */
  create(object: Manifest<T>, options?: CreateOptions): Promise<Stored<T>>;
  /**
   * Replaces everything but the status.
   *
   * @throws ConflictError when the object's resourceVersion is not the stored one
   */
  update(object: T, options?: UpdateOptions): Promise<Stored<T>>;
  /**
   * Replaces the status alone. The uid must match; the resourceVersion is checked when given, and without one the status
   * lands on the newest version of the object. `observedGeneration` never goes down. An unchanged status writes nothing.
   */
  updateStatus(object: T, options?: UpdateOptions): Promise<Stored<T>>;
  /** Sets the number of replicas through the scale subresource and nothing else. */
  scale(key: KeyOrName, replicas: number, options?: UpdateOptions): Promise<Stored<T>>;
  /** Changes what the patch names. Redone on the newest object when another writer came between, unless it names a version. */
  patch(key: KeyOrName, patch: Patch, options?: PatchOptions): Promise<Stored<T>>;
  /** Merges a manifest three ways: what it says now, what the same manager said last, what is there. */
  apply(manifest: Manifest<T>, options?: ApplyOptions): Promise<ApplyResult<T>>;
  /** Deletes the object and what it owns. Succeeds with `deleted: false` when there is none. */
  delete(key: KeyOrName, options?: DeleteOptions): Promise<DeleteResult<T>>;
  /** Deletes all that the selectors match and returns how many. */
  deleteCollection(options?: DeleteCollectionOptions): Promise<number>;
}

/** Gives clients of kinds: a registry, a test environment, or somebody's own store. */
export interface ResourceClients {
  /** The client of one kind. */
  resource<T extends ApiObject>(kind: KindDefinition<T>): ResourceClient<T>;
}
