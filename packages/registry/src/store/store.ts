import type { AbortableOptions } from '@ecsm/api-types';

/** Names one entry. The three parts are compared as they are, never as a path. */
export interface StoreKey {
  /** What the entry is of, e.g. `ecsmservices.ecsm.sh`. */
  readonly kind: string;
  /** Empty for entries of cluster scope. */
  readonly namespace: string;
  readonly name: string;
}

/** What a store keeps under a key. The store reads nothing out of `value`. */
export interface StoreValue {
  /** JSON text. */
  readonly value: string;
  readonly uid: string;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  /** uids of the owners, for the garbage collector. */
  readonly owners: readonly string[];
  /** Wall-clock time at which the entry goes by itself, in milliseconds since the Unix epoch. */
  readonly expiresAtMs?: number;
}

/** An entry as it is stored. */
export interface StoreEntry extends StoreValue {
  readonly key: StoreKey;
  /** Revision of the last change; what an object calls its resourceVersion. */
  readonly revision: number;
}

/** What a store remembers of an entry that it read, for the write that replaces it; means nothing to anybody else. */
export type StoreMemory = object;

/** An entry as a read of single entries gives it. */
export interface StoreFound extends StoreEntry {
  /** The text kept beside the entry: there if it was asked for and something is. */
  readonly applied?: string;
  /** Revision of the commit that put that text there. */
  readonly appliedRevision?: number;
  /** May be there if the text was asked for. */
  readonly memory?: StoreMemory;
}

/** What of an entry it takes to read its value. */
export type StoreContent = Pick<StoreEntry, 'key' | 'revision' | 'value'>;

/** An entry as a list shows it. */
export type StoreListed = Omit<StoreEntry, 'owners' | 'expiresAtMs'>;

/** An entry without its value. */
export type StoreVersion = Pick<StoreEntry, 'key' | 'revision' | 'uid' | 'generation'>;

/** Demands that a key still is as it was read. */
export interface StoreCheck {
  readonly key: StoreKey;
  /** The revision the key must have; 0 demands that it is not there. */
  readonly revision: number;
  /** The revision that the text beside the entry must have; 0 demands that there is none. Not looked at without it. */
  readonly appliedRevision?: number;
}

/** One change of a commit. */
export type StoreWrite =
  | ({
      readonly type: 'put';
      readonly key: StoreKey;
      /** What was read of the entry that is replaced: spares a look at it. The checks decide as they do without. */
      readonly memory?: StoreMemory;
      /** A text to keep beside the entry, in place of the one there; without it, that stays. It goes with the entry. */
      readonly applied?: string;
    } & StoreValue)
  /** Keeps a text beside an entry that stays as it is: the entry's revision too, and no watcher hears of it. */
  | { readonly type: 'apply'; readonly key: StoreKey; readonly applied: string }
  /** Removes the entry; `value` is what watchers see as its last state. Without one, the stored value. */
  | { readonly type: 'delete'; readonly key: StoreKey; readonly value?: string };

/** Changes that happen together or not at all. */
export interface StoreCommit {
  readonly checks: readonly StoreCheck[];
  readonly writes: readonly StoreWrite[];
}

/** Options of reads of single entries. */
export interface StoreGetOptions extends AbortableOptions {
  /**
   * Whether to read the texts kept beside the entries as well.
   *
   * @defaultValue `false`
   */
  readonly applied?: boolean;
  /**
   * Whether a {@link StoreContent} is all that is wanted: the rest is then not read.
   *
   * @defaultValue `false`
   */
  readonly content?: boolean;
}

/** What a list shows. */
export interface StoreRange extends AbortableOptions {
  readonly kind: string;
  /** All namespaces without it. */
  readonly namespace?: string;
  /**
   * Whether all that is picked from an entry is a {@link StoreContent}: the rest of it is then not read, and empty.
   *
   * @defaultValue `false`
   */
  readonly content?: boolean;
  /** At most this many entries; a page may be cut anywhere. */
  readonly limit?: number;
  /** Continue after this key: the last one of the page before. */
  readonly after?: { readonly namespace: string; readonly name: string };
}

/** Entries, or what was made of them, in key order and the revision of the snapshot they come from. */
export interface StorePage<Entry> {
  readonly revision: number;
  readonly entries: readonly Entry[];
  /** Whether entries remain after the last one. */
  readonly more: boolean;
}

/** What happened to a key. A watcher sees of each key a subsequence of its states that ends with the latest, and every deletion. */
export type StoreEvent =
  | {
      readonly type: 'put';
      readonly revision: number;
      readonly entry: StoreEntry;
      /** Whether the key did not exist before, as far as this watcher was told. */
      readonly created: boolean;
      /** The labels before, where they differ: selectors need them to see an object leave their view. */
      readonly previousLabels?: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'delete';
      readonly revision: number;
      /** The last state, with the revision of the deletion. */
      readonly entry: StoreEntry;
      /** The labels this watcher saw last, where they differ from the last state's. */
      readonly previousLabels?: Readonly<Record<string, string>>;
    }
  /** Everything up to this revision has been reported: a watch after it misses and repeats nothing. */
  | { readonly type: 'progress'; readonly revision: number };

/** Options of {@link Store.watch}. */
export interface StoreWatchOptions extends AbortableOptions {
  readonly kind: string;
  readonly namespace?: string;
  /** Report everything after this revision. */
  readonly afterRevision: number;
  /** Report progress as well, at least this often and whenever the watcher has caught up. Off without it. */
  readonly progressIntervalMs?: number;
}

/** Figures of a store, for metrics. */
export interface StoreStats {
  readonly revision: number;
  /** The oldest revision a watch can start after. */
  readonly compactRevision: number;
  readonly entries: Readonly<Record<string, number>>;
  readonly logRows: number;
  readonly watchers: number;
  /** How many revisions the slowest watcher of this process has not been told of yet. */
  readonly watchLag: number;
  /** Size of the file and its log in bytes; 0 for stores without one. */
  readonly bytes: number;
  /** Revisions that were acknowledged and are missing from the file, if that was noticed at open. */
  readonly revisionsLost?: { readonly from: number; readonly to: number };
}

/**
 * Keys, values and revisions with watch: what a registry stands on.
 *
 * Every method is asynchronous, so that stores in other processes fit. One revision counter serves the whole store and
 * grows by one with every commit that changes something.
 */
export interface Store extends AsyncDisposable {
  /** Reads what it takes to read a value; undefined when there is none. */
  get(key: StoreKey, options: StoreGetOptions & { readonly content: true }): Promise<StoreContent | undefined>;
  /** Reads one entry; undefined when there is none. */
  get(key: StoreKey, options?: StoreGetOptions): Promise<StoreFound | undefined>;
  /** The same for several keys, in their order. Each is read as it is then: the answer need not be of one moment. */
  getMany(keys: readonly StoreKey[], options?: StoreGetOptions): Promise<readonly (StoreFound | undefined)[]>;
  /** Entries of a kind in order of namespace and name; an unpaged list comes from one snapshot. */
  list(range: StoreRange): Promise<StorePage<StoreEntry>>;
  /**
   * The same, of what is picked from each entry.
   *
   * @param pick - makes what is listed of an entry, right when it is read, so that the entries themselves need not be
   * held; called in their order
   */
  list<Item>(range: StoreRange, pick: (entry: StoreListed) => Item): Promise<StorePage<Item>>;
  /** The same without reading values. */
  listVersions(range: StoreRange): Promise<StorePage<StoreVersion>>;
  /** The same, of what is picked from each version; `pick` is called in their order, right when it is read. */
  listVersions<Item>(range: StoreRange, pick: (version: StoreVersion) => Item): Promise<StorePage<Item>>;
  /** Entries that name `uid` among their owners, of any kind. */
  listOwned(uid: string, options?: AbortableOptions & { readonly limit?: number }): Promise<readonly StoreEntry[]>;
  /** The newest revision. */
  revision(options?: AbortableOptions): Promise<number>;
  /**
   * Carries out all writes, if all checks hold, as one revision.
   *
   * @returns the new revision; the present one when there was nothing to write
   * @throws RevisionMismatchError naming the first check that fails; nothing is written then
   * @throws TimeoutError when other writers kept the store busy for too long; nothing is written then
   * @throws UnavailableError when the disk is full or cannot be written; nothing is written then
   */
  commit(commit: StoreCommit, options?: AbortableOptions): Promise<number>;
  /**
   * Reports changes after a revision until the signal aborts, the loop ends or the store closes. A cursor over the change
   * log: nothing is buffered for a watcher that does not read.
   *
   * All writes of a commit have one revision, so a watch that was left between them goes on after the revision before.
   *
   * @throws ExpiredError when the changes after that revision are no longer kept
   */
  watch(options: StoreWatchOptions): AsyncIterable<StoreEvent>;
  /** Forgets changes up to a revision (kept entries are untouched). @throws BadRequestError below the present mark */
  compact(revision: number): Promise<void>;
  /** Figures for metrics and checks. */
  stats(): Promise<StoreStats>;
  /** Waits for commits under way and ends all watches. Does nothing the second time. */
  close(): Promise<void>;
}
