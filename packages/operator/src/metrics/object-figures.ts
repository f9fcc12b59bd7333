import { ECSMService, serviceStatusWord } from '@ecsm/api-types';
import type { Registry } from '@ecsm/registry';

import { allObjects } from '../internal/all-objects.js';
import type { ObjectFigures } from './operator-metrics.js';

/** Counts the declared services by how they fare; reads them only if anything was written since the last time. */
export class ObjectCount {
  readonly #registry: Registry;
  #revision = -1;
  #figures: ObjectFigures = { words: new Map(), conditions: new Map() };
  #counting: Promise<void> | undefined;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** The figures as of now; those of before when the registry cannot be read. */
  async figures(): Promise<ObjectFigures> {
    this.#counting ??= this.#count().finally(() => (this.#counting = undefined));
    await this.#counting.catch(() => undefined);
    return this.#figures;
  }

  async #count(): Promise<void> {
    const revision = await this.#registry.store.revision();
    if (revision === this.#revision) return;
    const words = new Map<string, number>();
    const conditions = new Map<string, Map<string, number>>();
    for await (const service of allObjects(this.#registry, ECSMService)) {
      add(words, serviceStatusWord(service));
      for (const { type, status } of service.status?.conditions ?? []) {
        const statuses = conditions.get(type) ?? new Map<string, number>();
        conditions.set(type, statuses);
        add(statuses, status);
      }
    }
    this.#figures = { words, conditions };
    this.#revision = revision;
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
