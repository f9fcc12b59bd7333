import { formatKey, type ApiObject, type ObjectKey, type Stored } from '@ecsm/api-types';

import { aspects, type Aspect } from './source-event.js';

interface Fingerprint {
  /** Absent where the event carried no object. */
  readonly uid: string | undefined;
  /** One number for each aspect kept, in their order. */
  readonly parts: readonly number[];
}

const none: ReadonlySet<Aspect> = new Set();
const all: ReadonlySet<Aspect> = new Set(aspects);

/** Remembers of each object a number for each part of interest, and tells which parts changed: a few bytes, no objects. */
export class Fingerprints {
  readonly #aspects: readonly Aspect[];
  readonly #known = new Map<string, Fingerprint>();

  constructor(kept: readonly Aspect[]) {
    this.#aspects = kept;
  }

  /** Whether objects have to be seen, rather than their generations alone. */
  get needObjects(): boolean {
    return this.#aspects.some((aspect) => aspect !== 'spec');
  }

  /** Takes note of an object and returns which parts differ from those seen before; all of them for a new object. */
  update(key: ObjectKey, generation: number, object: Stored<ApiObject> | undefined): ReadonlySet<Aspect> {
    if (this.#aspects.length === 0) return none;
    if (object === undefined && this.needObjects) return all;
    const name = formatKey(key);
    const before = this.#known.get(name);
    const uid = object?.metadata.uid;
    const parts = this.#aspects.map((aspect) => (object === undefined ? generation : fingerprint(object, aspect)));
    this.#known.set(name, { uid, parts });
    if (before === undefined) return all;
    if (before.uid !== undefined && uid !== undefined && before.uid !== uid) return all;
    return new Set(this.#aspects.filter((_, index) => before.parts[index] !== parts[index]));
  }

  forget(key: ObjectKey): void {
    this.#known.delete(formatKey(key));
  }
}

function fingerprint(object: Stored<ApiObject>, aspect: Aspect): number {
  switch (aspect) {
    case 'spec':
      return object.metadata.generation;
    case 'labels':
    case 'annotations': {
      const map = object.metadata[aspect] ?? {};
      return hash(JSON.stringify(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))));
    }
    case 'finalizers':
      return hash(JSON.stringify(object.metadata.finalizers ?? []));
    case 'status':
      // JSON knows no undefined, and neither does a status that was stored.
      return hash(JSON.stringify('status' in object ? object.status : null));
  }
}

/** FNV-1a twice with different offsets, 53 bits in all: a missed change is found by the next resync only, so 32 are too few. */
function hash(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
  }
  return (high & 0x1fffff) * 0x100000000 + (low >>> 0);
}
