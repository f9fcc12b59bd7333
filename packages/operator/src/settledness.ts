import { ECSMService, formatKey, keyOf, type ObjectKey, type ResourceClients } from '@ecsm/api-types';

import { allObjects } from './internal/all-objects.js';

/** How the last run of an object ended. */
interface Note {
  readonly unsettled: string | undefined;
  readonly generation: number;
}

/** Knows which objects are as they should be. */
export class Settledness {
  readonly #registry: ResourceClients;
  readonly #notes = new Map<string, Note>();
  readonly #listeners = new Set<() => void>();

  constructor(registry: ResourceClients) {
    this.#registry = registry;
  }

  /** Notes how a run of an object ended; generation 0 means that the object is gone. */
  note(key: ObjectKey, unsettled: string | undefined, generation: number): void {
    const text = formatKey(key);
    if (generation === 0) this.#notes.delete(text);
    else this.#notes.set(text, { unsettled, generation });
    this.poke();
  }

  /** Has those who wait look again. */
  poke(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Objects that are not as they should be, with the reason. */
  async unsettled(): Promise<ReadonlyMap<string, string>> {
    const reasons = new Map<string, string>();
    for await (const service of allObjects(this.#registry, ECSMService)) {
      const text = formatKey(keyOf(service));
      const note = this.#notes.get(text);
      if (note?.generation !== service.metadata.generation) reasons.set(text, 'not looked at yet');
      else if (note.unsettled !== undefined) reasons.set(text, note.unsettled);
    }
    return reasons;
  }

  /** Waits until nothing is unsettled. */
  async wait(ready: () => boolean, signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const changed = this.#nextNote(signal);
      const promising = ready() && [...this.#notes.values()].every(({ unsettled }) => unsettled === undefined);
      if (promising && (await this.unsettled()).size === 0) return;
      await changed;
    }
  }

  #nextNote(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const listener = (): void => {
        this.#listeners.delete(listener);
        signal?.removeEventListener('abort', listener);
        resolve();
      };
      this.#listeners.add(listener);
      signal?.addEventListener('abort', listener, { once: true });
    });
  }
}
