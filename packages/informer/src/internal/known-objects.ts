import {
  formatKey,
  keyOf,
  noSlot,
  parseKey,
  type ApiObject,
  type ObjectKey,
  type Stored,
  type WatchEvent,
} from '@ecsm/api-types';

import { TransformFailedError } from '../errors/transform-failed-error.js';
import type { ChangeOrigin, InformerEvent, KnownVersion } from '../informer-event.js';
import type { IndexedObjects } from './indexed-objects.js';
import { compactVersion, isOlder, type CompactVersion } from './compact-version.js';
import { VersionVector } from './version-vector.js';

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

/** How many keys are looked at between two chances to pause. */
const looksWithoutPause = 64;

/** What {@link KnownObjects} works with. */
export interface KnownObjectsContext<T extends ApiObject> {
  /** Where the objects are kept, if they are. */
  readonly objects: IndexedObjects<T> | undefined;
  readonly transform: ((object: Stored<T>) => Stored<T>) | undefined;
  readonly emit: (event: InformerEvent<T>) => void;
  readonly onError: (error: Error) => void;
}

/** What an event has besides, where there is nothing. */
const nothing = {};

/** The text of a key in one piece: a concatenation is kept as a tree of its parts, which costs a third more. */
function flatKey({ namespace, name }: ObjectKey): string {
  return namespace === undefined ? name : [namespace, name].join('/');
}

/** What an event has only sometimes. A list of versions has thousands without, so that is not made anew each time. */
function extras<T extends ApiObject>(
  object: Stored<T> | undefined,
  ownWrite: boolean,
): { readonly object?: Stored<T>; readonly ownWrite?: boolean } {
  if (object === undefined) return ownWrite ? { ownWrite } : nothing;
  return ownWrite ? { object, ownWrite } : { object };
}

/** What an informer knows, and the events that follow from what it learns. */
export class KnownObjects<T extends ApiObject> {
  readonly #vector = new VersionVector();
  readonly #context: KnownObjectsContext<T>;
  #lastSeen: CompactVersion | undefined;
  /** The newest revision of which everything is known. */
  #completeUpTo: CompactVersion | undefined;
  /** The revision of the latest list: an older event of an unknown key tells of something that is gone since. */
  #listedAt: CompactVersion | undefined;
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

  /**
   * Where a watch that broke off goes on.
   *
   * A source may report several objects with one revision, since they were written at once, and the watch may have broken
   * off between two of them. So this is the revision before the newest one, until that is known to be complete.
   */
  get resumeFrom(): string | undefined {
    return this.#completeUpTo === undefined ? undefined : String(this.#completeUpTo);
  }

  /** Whether the source's revisions have an order, so that a list can be compared while the watch goes on. */
  get isOrdered(): boolean {
    return typeof this.#lastSeen === 'number';
  }

  has(text: string): boolean {
    return this.#vector.find(text) !== noSlot;
  }

  /** Whether the source has shown a state at least this new. */
  hasReached(version: CompactVersion): boolean {
    return this.#lastSeen !== undefined && !isOlder(this.#lastSeen, version);
  }

  /** Makes the next list correct a key, whatever it says: the present version may never have been the source's. */
  distrust(text: string): void {
    const slot = this.#vector.find(text);
    // As a text it equals no version of a list and has no order.
    if (slot !== noSlot) this.#vector.setVersion(slot, String(this.#vector.versionAt(slot)));
  }

  versionOf(key: ObjectKey): KnownVersion | undefined {
    const slot = this.#vector.find(formatKey(key));
    return slot === noSlot ? undefined : this.#knownVersion(slot);
  }

  *keys(): Generator<ObjectKey> {
    for (const slot of this.#vector.slots()) yield parseKey(this.#vector.keyAt(slot));
  }

  /** Everything known, as events for a reader that joins. */
  *asEvents(type: 'added' | 'sync'): Generator<InformerEvent<T>> {
    for (const slot of this.#vector.slots()) {
      const text = this.#vector.keyAt(slot);
      const about = { key: parseKey(text), version: this.#knownVersion(slot), ...this.#withObject(text) };
      yield type === 'sync' ? { type, ...about } : { type, ...about, initial: true, origin: 'known' };
    }
  }

  /**
   * Takes over the revision of an event, which others may share; revisions never go back.
   *
   * @returns whether it is a new one
   */
  see(resourceVersion: string): boolean {
    const version = compactVersion(resourceVersion);
    if (this.#lastSeen === version || (this.#lastSeen !== undefined && isOlder(version, this.#lastSeen))) return false;
    this.#completeUpTo = this.#lastSeen;
    this.#lastSeen = version;
    return true;
  }

  /** Takes over a revision of which everything is known. */
  advance(resourceVersion: string): void {
    const version = compactVersion(resourceVersion);
    if (this.#completeUpTo === undefined || !isOlder(version, this.#completeUpTo)) this.#completeUpTo = version;
    if (this.#lastSeen === undefined || !isOlder(version, this.#lastSeen)) this.#lastSeen = version;
  }

  /** Begins to compare with a list; set the list's version on what is returned as soon as it is known. */
  beginComparison(): { version: string } {
    this.#vector.beginRound();
    this.#comparison = { version: '', deletedMeanwhile: new Map() };
    return this.#comparison;
  }

  /** Compares one entry of a list with what is known. */
  compare(item: ListedVersion<T>, origin: ChangeOrigin, initial: boolean): void {
    const text = flatKey(item.key);
    const version = compactVersion(item.resourceVersion);
    const sizeBefore = this.#vector.size;
    const slot = this.#vector.findOrAdd(text);
    const isNew = this.#vector.size > sizeBefore;
    if (isNew ? this.#isDeletedMeanwhile(text, version) : this.#isOld(slot, version)) {
      if (isNew) this.#vector.remove(slot);
      return;
    }
    this.#learn(slot, isNew, text, version, item, origin, initial);
  }

  /** Whether a listed version is one that is not known yet. */
  isNews(item: ListedVersion<T>): boolean {
    const slot = this.#vector.find(formatKey(item.key));
    return slot === noSlot || !this.#isOld(slot, compactVersion(item.resourceVersion));
  }

  /**
   * Looks for the keys that the comparison has not met although the list should have shown them: yields those it finds
   * on the way, and `undefined` now and then, since there may be many keys and no such ones among them.
   */
  *unmet(): Generator<string | undefined> {
    if (this.#vector.areAllMet) return;
    let looks = 0;
    for (const slot of this.#vector.slots()) {
      if (this.#isUnmet(slot)) yield this.#vector.keyAt(slot);
      else if (++looks % looksWithoutPause === 0) yield undefined;
    }
  }

  /** Forgets a key that the list did not show, unless the watch has shown it meanwhile. */
  forgetUnmet(text: string, origin: ChangeOrigin): void {
    const slot = this.#vector.find(text);
    if (slot !== noSlot && this.#isUnmet(slot)) this.#forget(slot, origin, undefined);
  }

  /** The whole list has been compared. */
  completeComparison(): void {
    const version = this.#comparison?.version;
    if (version === undefined || version === '') return;
    this.#listedAt = compactVersion(version);
    this.advance(version);
  }

  /** Ends a comparison that was begun; does nothing when another one has taken its place since. */
  endComparison(begun: object): void {
    if (this.#comparison === begun) this.#comparison = undefined;
  }

  /** Takes in a whole list in one step: first what is gone, then what is new or changed. */
  replace(items: readonly ListedVersion<T>[], listVersion: string, origin: ChangeOrigin, initial: boolean): void {
    const comparison = this.beginComparison();
    comparison.version = listVersion;
    if (this.#vector.size > 0) for (const { key } of items) this.#vector.meet(this.#vector.find(formatKey(key)));
    for (const slot of this.#vector.slots()) if (this.#isUnmet(slot)) this.#forget(slot, origin, undefined);
    for (const item of items) this.compare(item, origin, initial);
    this.completeComparison();
    this.endComparison(comparison);
  }

  /** Takes in a change that the watch reports, or the program made itself. What is already known is dropped. */
  apply(event: Exclude<WatchEvent<T>, { readonly type: 'bookmark' }>, ownWrite = false): void {
    const item = listed(event.object);
    const text = flatKey(item.key);
    const version = compactVersion(item.resourceVersion);
    const slot = this.#vector.find(text);
    if (event.type === 'deleted') {
      this.#comparison?.deletedMeanwhile.set(text, version);
      if (slot === noSlot || isOlder(version, this.#vector.versionAt(slot))) return;
      this.#forget(slot, 'watch', event.object, ownWrite);
      return;
    }
    if (slot === noSlot) {
      // Told of something that a list has since shown to be gone.
      if (this.#listedAt !== undefined && (version === this.#listedAt || isOlder(version, this.#listedAt))) return;
    } else if (this.#isOld(slot, version)) {
      return;
    }
    const isNew = slot === noSlot;
    if (!isNew) this.#vector.meet(slot);
    const row = isNew ? this.#vector.findOrAdd(text) : slot;
    this.#learn(row, isNew, text, version, item, 'watch', false, ownWrite);
  }

  /** Whether the watch has seen the object deleted since the list was made that still shows it. */
  #isDeletedMeanwhile(text: string, version: CompactVersion): boolean {
    const deletedAt = this.#comparison?.deletedMeanwhile.get(text);
    return deletedAt !== undefined && (deletedAt === version || isOlder(version, deletedAt));
  }

  #knownVersion(slot: number): KnownVersion {
    return { resourceVersion: String(this.#vector.versionAt(slot)), generation: this.#vector.generationAt(slot) };
  }

  /** Whether a version brings nothing new; one that was distrusted and is now confirmed is trusted again. */
  #isOld(slot: number, version: CompactVersion): boolean {
    const known = this.#vector.versionAt(slot);
    if (known === version) return true;
    if (typeof known === 'string' && known === String(version)) {
      this.#vector.setVersion(slot, version);
      return true;
    }
    return isOlder(version, known);
  }

  #isUnmet(slot: number): boolean {
    if (this.#vector.isMet(slot)) return false;
    return !isOlder(compactVersion(this.#comparison?.version ?? ''), this.#vector.versionAt(slot));
  }

  #withObject(text: string): { readonly object?: Stored<T> } {
    const object = this.#context.objects?.get(text);
    return object === undefined ? {} : { object };
  }

  /** @param slot - the key's, which has no version yet if it is new */
  #learn(
    slot: number,
    isNew: boolean,
    text: string,
    compact: CompactVersion,
    item: ListedVersion<T>,
    origin: ChangeOrigin,
    initial: boolean,
    ownWrite = false,
  ): void {
    const { objects, emit } = this.#context;
    const { key, resourceVersion, generation } = item;
    const object = item.object === undefined ? undefined : this.#transformed(text, item.object);
    if (item.object !== undefined && object === undefined) {
      if (isNew) this.#vector.remove(slot);
      return;
    }
    const previousVersion = isNew ? undefined : this.#knownVersion(slot);
    const previous = objects?.get(text);
    this.#vector.setVersion(slot, compact);
    this.#vector.setGeneration(slot, generation);
    if (object !== undefined) objects?.set(text, object);
    const version = { resourceVersion, generation };
    const more = extras(object, ownWrite);
    if (previousVersion === undefined) emit({ type: 'added', key, version, origin, initial, ...more });
    else if (previous === undefined) emit({ type: 'modified', key, version, origin, previousVersion, ...more });
    else emit({ type: 'modified', key, version, origin, previousVersion, previous, ...more });
  }

  #forget(slot: number, origin: ChangeOrigin, lastState: Stored<T> | undefined, ownWrite = false): void {
    const { objects, emit } = this.#context;
    const text = this.#vector.keyAt(slot);
    const version = this.#knownVersion(slot);
    const object = (lastState && this.#transformed(text, lastState)) ?? objects?.get(text);
    this.#vector.remove(slot);
    objects?.delete(text);
    emit({
      type: 'deleted',
      key: parseKey(text),
      version,
      finalState: lastState === undefined ? 'unknown' : 'known',
      origin,
      ...extras(object, ownWrite),
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
