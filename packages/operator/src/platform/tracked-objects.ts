import type { ObjectKey } from '@ecsm/api-types';
import type { ObservedService } from '@ecsm/planner';

import { stemsOf } from './service-cache.js';

interface Tracked {
  readonly key: ObjectKey;
  readonly ids: readonly string[];
}

/** Which object a platform service belongs to: by its id where an object is bound to it, else by the hash in its name, or its mark. */
export class TrackedObjects {
  readonly #byStem = new Map<string, Tracked>();
  readonly #byId = new Map<string, Tracked>();

  /** The objects that are followed. */
  get keys(): readonly ObjectKey[] {
    return Array.from(this.#byStem.values(), ({ key }) => key);
  }

  /** How many ids are known to belong to an object. */
  get ids(): number {
    return this.#byId.size;
  }

  /** Follows an object. Ids replace those of the last call: an object that is rolled over is bound to ever new services. */
  set(key: ObjectKey, stem: string, ids: readonly (string | undefined)[]): void {
    this.delete(stem);
    // The slice has room for these and no more: there is one for each object, and a filtered array keeps room for 17.
    const tracked = { key, ids: ids.filter((id) => id !== undefined).slice() };
    this.#byStem.set(stem, tracked);
    for (const id of tracked.ids) this.#byId.set(id, tracked);
  }

  /** Forgets an object that is gone. */
  delete(stem: string): void {
    const tracked = this.#byStem.get(stem);
    if (tracked === undefined) return;
    this.#byStem.delete(stem);
    // Of two objects that claim one service the later has it.
    for (const id of tracked.ids) if (this.#byId.get(id) === tracked) this.#byId.delete(id);
  }

  /** The objects that a platform service belongs to: more than one only where its name says otherwise than its mark. */
  ownersOf(service: ObservedService): readonly ObjectKey[] {
    const bound = this.#byId.get(service.id);
    return bound === undefined ? stemsOf(service).flatMap((stem) => this.#byStem.get(stem)?.key ?? []) : [bound.key];
  }
}
