import {
  formatKey,
  keyOf,
  parseKey,
  type ApiObject,
  type ObjectKey,
  type Stored,
  type WatchEvent,
} from '@ecsm/api-types';

import { TransformFailedError } from '../errors/transform-failed-error.js';
import type { ChangeOrigin, InformerEvent, KnownVersion } from '../informer-event.js';
import type { IndexedObjects } from './indexed-objects.js';
import {
  compactVersion,
  isOlder,
  type CompactVersion,
  type VersionEntry,
  type VersionVector,
} from './version-vector.js';

/** An entry of a list: an object, or its version alone. */
export interface ListedVersion<T extends ApiObject> {
  readonly key: ObjectKey;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly object?: Stored<T>;
}

/** How an object looks in a list of versions. */
export function listed<T extends ApiObject>(object: Stored<T>): ListedVersion<T> {
  const { resourceVersion, generation } = object.metadata;
  return { key: keyOf(object), resourceVersion, generation, object };
}

function knownVersion(entry: Pick<VersionEntry, 'version' | 'generation'>): KnownVersion {
  return { resourceVersion: String(entry.version), generation: entry.generation };
}

/** What {@link KnownObjects} works with. */
export interface KnownObjectsContext<T extends ApiObject> {
  /** Where the objects are kept, if they are. */
  readonly objects: IndexedObjects<T> | undefined;
  readonly transform: ((object: Stored<T>) => Stored<T>) | undefined;
  readonly emit: (event: InformerEvent<T>) => void;
  readonly onError: (error: Error) => void;
}

/** The text of a key in one piece: a concatenation is kept as a tree of its parts, which costs a third more. */
function flatKey({ namespace, name }: ObjectKey): string {
  return namespace === undefined ? name : [namespace, name].join('/');
}

/** Whether a version brings nothing new; one that was distrusted and is now confirmed is trusted again. */
function isOld(entry: VersionEntry, version: CompactVersion): boolean {
  if (entry.version === version) return true;
  if (typeof entry.version === 'string' && entry.version === String(version)) {
    entry.version = version;
    return true;
  }
  return isOlder(version, entry.version);
}

/** What an informer knows, and the events that follow from what it learns. */
export class KnownObjects<T extends ApiObject> {
  readonly #vector: VersionVector = new Map();
  readonly #context: KnownObjectsContext<T>;
  #lastSeen: CompactVersion | undefined;
  /** The revision of the latest list: an older event of an unknown key tells of something that is gone since. */
  #listedAt: CompactVersion | undefined;
  #round = 0;
  /** While a comparison runs: the list's version, and what the watch saw deleted, since an older page may still show it. */
  #comparison: { version: string; readonly deletedMeanwhile: Map<string, CompactVersion> } | undefined;

  constructor(context: KnownObjectsContext<T>) {
    this.#context = context;
  }

  get size(): number {
    return this.#vector.size;
  }

  /** The newest revision seen. */
  get lastSeen(): string | undefined {
    return this.#lastSeen === undefined ? undefined : String(this.#lastSeen);
  }

  /** Whether the source's revisions have an order, so that a list can be compared while the watch goes on. */
  get isOrdered(): boolean {
    return typeof this.#lastSeen === 'number';
  }

  has(text: string): boolean {
    return this.#vector.has(text);
  }

  /** Whether the source has shown a state at least this new. */
  hasReached(version: CompactVersion): boolean {
    return this.#lastSeen !== undefined && !isOlder(this.#lastSeen, version);
  }

  /** Makes the next list correct a key, whatever it says: the present version may never have been the source's. */
  distrust(text: string): void {
    const entry = this.#vector.get(text);
    // As a text it equals no version of a list and has no order.
    if (entry !== undefined) entry.version = String(entry.version);
  }

  versionOf(key: ObjectKey): KnownVersion | undefined {
    const entry = this.#vector.get(formatKey(key));
    return entry && knownVersion(entry);
  }

  *keys(): Generator<ObjectKey> {
    for (const key of this.#vector.keys()) yield parseKey(key);
  }

  /** Everything known, as events for a reader that joins. */
  *asEvents(type: 'added' | 'sync'): Generator<InformerEvent<T>> {
    for (const [text, entry] of this.#vector) {
      const about = { key: parseKey(text), version: knownVersion(entry), ...this.#withObject(text) };
      yield type === 'sync' ? { type, ...about } : { type, ...about, initial: true, origin: 'known' };
    }
  }

  /** Takes over a revision; revisions never go back. */
  advance(resourceVersion: string): void {
    const version = compactVersion(resourceVersion);
    if (this.#lastSeen === undefined || !isOlder(version, this.#lastSeen)) this.#lastSeen = version;
  }

  /** Begins to compare with a list; set the list's version on what is returned as soon as it is known. */
  beginComparison(): { version: string } {
    this.#round++;
    this.#comparison = { version: '', deletedMeanwhile: new Map() };
    return this.#comparison;
  }

  /** Compares one entry of a list with what is known. */
  compare(item: ListedVersion<T>, origin: ChangeOrigin, initial: boolean): void {
    const text = formatKey(item.key);
    const version = compactVersion(item.resourceVersion);
    const entry = this.#vector.get(text);
    if (entry !== undefined) {
      entry.round = this.#round;
      if (isOld(entry, version)) return;
    } else {
      const deletedAt = this.#comparison?.deletedMeanwhile.get(text);
      if (deletedAt !== undefined && (deletedAt === version || isOlder(version, deletedAt))) return;
    }
    this.#learn(text, item, origin, initial);
  }

  /** Whether a listed version is one that is not known yet. */
  isNews(item: ListedVersion<T>): boolean {
    const entry = this.#vector.get(formatKey(item.key));
    const version = compactVersion(item.resourceVersion);
    return entry === undefined || !isOld(entry, version);
  }

  /** The keys that the comparison has not met although the list should have shown them. */
  *unmet(): Generator<string> {
    for (const [text, entry] of this.#vector) if (this.#isUnmet(entry)) yield text;
  }

  /** Forgets a key that the list did not show, unless the watch has shown it meanwhile. */
  forgetUnmet(text: string, origin: ChangeOrigin): void {
    const entry = this.#vector.get(text);
    if (entry !== undefined && this.#isUnmet(entry)) this.#forget(text, origin, undefined);
  }

  /** The whole list has been compared. */
  completeComparison(): void {
    const version = this.#comparison?.version;
    if (version === undefined || version === '') return;
    this.#listedAt = compactVersion(version);
    this.advance(version);
  }

  endComparison(): void {
    this.#comparison = undefined;
  }

  /** Takes in a whole list in one step: first what is gone, then what is new or changed. */
  replace(items: readonly ListedVersion<T>[], listVersion: string, origin: ChangeOrigin, initial: boolean): void {
    this.beginComparison().version = listVersion;
    for (const item of items) {
      const entry = this.#vector.get(formatKey(item.key));
      if (entry !== undefined) entry.round = this.#round;
    }
    for (const text of [...this.unmet()]) this.#forget(text, origin, undefined);
    for (const item of items) this.compare(item, origin, initial);
    this.completeComparison();
    this.endComparison();
  }

  /** Takes in a change that the watch reports, or the program made itself. What is already known is dropped. */
  apply(event: Exclude<WatchEvent<T>, { readonly type: 'bookmark' }>, ownWrite = false): void {
    const item = listed(event.object);
    const text = formatKey(item.key);
    const version = compactVersion(item.resourceVersion);
    const entry = this.#vector.get(text);
    if (event.type === 'deleted') {
      this.#comparison?.deletedMeanwhile.set(text, version);
      if (entry !== undefined && !isOlder(version, entry.version)) this.#forget(text, 'watch', event.object, ownWrite);
      return;
    }
    if (entry === undefined) {
      // Told of something that a list has since shown to be gone.
      if (this.#listedAt !== undefined && (version === this.#listedAt || isOlder(version, this.#listedAt))) return;
    } else if (isOld(entry, version)) {
      return;
    }
    this.#learn(text, item, 'watch', false, ownWrite);
  }

  #isUnmet(entry: VersionEntry): boolean {
    return entry.round !== this.#round && !isOlder(compactVersion(this.#comparison?.version ?? ''), entry.version);
  }

  #withObject(text: string): { readonly object?: Stored<T> } {
    const object = this.#context.objects?.get(text);
    return object === undefined ? {} : { object };
  }

  #learn(text: string, item: ListedVersion<T>, origin: ChangeOrigin, initial: boolean, ownWrite = false): void {
    const { objects, emit } = this.#context;
    const { key, generation } = item;
    let object = item.object;
    if (object !== undefined) {
      object = this.#transformed(text, object);
      if (object === undefined) return;
    }
    const entry = this.#vector.get(text);
    const previousVersion = entry && knownVersion(entry);
    const previous = objects?.get(text);
    const version = compactVersion(item.resourceVersion);
    if (entry === undefined) this.#vector.set(flatKey(key), { version, generation, round: this.#round });
    else Object.assign(entry, { version, generation, round: this.#round });
    if (object !== undefined) objects?.set(text, object);
    const about = {
      key,
      version: { resourceVersion: item.resourceVersion, generation },
      origin,
      ...(object === undefined ? {} : { object }),
      ...(ownWrite ? { ownWrite } : {}),
    };
    if (previousVersion === undefined) emit({ type: 'added', ...about, initial });
    else emit({ type: 'modified', ...about, previousVersion, ...(previous === undefined ? {} : { previous }) });
  }

  #forget(text: string, origin: ChangeOrigin, lastState: Stored<T> | undefined, ownWrite = false): void {
    const { objects, emit } = this.#context;
    const entry = this.#vector.get(text);
    if (entry === undefined) return;
    const object = (lastState && this.#transformed(text, lastState)) ?? objects?.get(text);
    this.#vector.delete(text);
    objects?.delete(text);
    emit({
      type: 'deleted',
      key: parseKey(text),
      version: knownVersion(entry),
      finalState: lastState === undefined ? 'unknown' : 'known',
      origin,
      ...(object === undefined ? {} : { object }),
      ...(ownWrite ? { ownWrite } : {}),
    });
  }

  /** Applies the user's transform; an object it fails on is left out, and found again by the next comparison. */
  #transformed(text: string, object: Stored<T>): Stored<T> | undefined {
    const { transform, onError } = this.#context;
    if (transform === undefined) return object;
    try {
      return transform(object);
    } catch (cause) {
      onError(new TransformFailedError(text, cause));
      return undefined;
    }
  }
}
