import { platformServiceName } from '@ecsm/planner';

import type { World } from '../helpers/world.js';

/** Services on the platform that are none of the operator's: one that has nothing to do with it, and those that sit on its names. */
export class ForeignServices {
  readonly #world: World;
  /** What each was like when it was made, by id. */
  readonly #made = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
    this.#make('stranger');
  }

  has(id: string): boolean {
    return this.#made.has(id);
  }

  /** Somebody makes a service whose name belongs to an object, without its mark. */
  squat(object: string, templateHash: string): string {
    const identity = { operatorId: 'default', namespace: 'default', name: object };
    const name = platformServiceName(identity, templateHash);
    this.#make(name);
    return name;
  }

  /** Whoever sits on an object's name goes away. */
  leave(): void {
    for (const id of this.#made.keys()) {
      const service = this.#world.cluster.state.services.get(id);
      if (service === undefined || service.name === 'stranger') continue;
      this.#made.delete(id);
      this.#world.cluster.services.delete(service);
    }
  }

  /** @throws when one was touched */
  check(): void {
    for (const [id, before] of this.#made) {
      if (this.#look(id) !== before)
        throw new Error(`a stranger's service was touched: ${this.#look(id)}, was ${before}`);
    }
  }

  #make(name: string): void {
    const { id } = this.#world.cluster.services.create({
      name,
      image: { ref: 'camera@latest#sylixos', action: 'run', config: {} },
      node: { names: ['worker-1'] },
      factor: 1,
      policy: 'dynamic',
    });
    this.#made.set(id, this.#look(id));
  }

  #look(id: string): string {
    const service = this.#world.cluster.state.services.get(id);
    if (service === undefined) return 'gone';
    const { name, image, factor, nodeNames, policy, deleting, wanted } = service;
    return JSON.stringify({ name, image, factor, nodeNames, policy, deleting, wanted });
  }
}
