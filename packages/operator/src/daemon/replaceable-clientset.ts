import { systemClock, type Clock, type Timer } from '@ecsm/api-types';
import type { Clientset } from '@ecsm/ecsm-client';

/**
 * The platform for programs that run on while the way to it changes: each call goes to the clientset that holds at its
 * beginning, and ends on that.
 */
export class ReplaceableClientset implements Clientset {
  readonly #clock: Clock;
  readonly #retired = new Map<Clientset, Timer>();
  #current: Clientset;

  constructor(current: Clientset, clock: Clock = systemClock) {
    this.#current = current;
    this.#clock = clock;
  }

  /** Has another clientset take all calls from now on; the one before is closed after a while, in milliseconds. */
  replace(next: Clientset, graceMs: number): void {
    const before = this.#current;
    this.#current = next;
    const close = (): void => {
      this.#retired.delete(before);
      void before.close();
    };
    this.#retired.set(before, this.#clock.setTimer(close, graceMs, { keepAlive: false }));
  }

  get services(): Clientset['services'] {
    return this.#current.services;
  }

  get containers(): Clientset['containers'] {
    return this.#current.containers;
  }

  get nodes(): Clientset['nodes'] {
    return this.#current.nodes;
  }

  get images(): Clientset['images'] {
    return this.#current.images;
  }

  get registries(): Clientset['registries'] {
    return this.#current.registries;
  }

  get templates(): Clientset['templates'] {
    return this.#current.templates;
  }

  get records(): Clientset['records'] {
    return this.#current.records;
  }

  get configMaps(): Clientset['configMaps'] {
    return this.#current.configMaps;
  }

  get microServices(): Clientset['microServices'] {
    return this.#current.microServices;
  }

  get overview(): Clientset['overview'] {
    return this.#current.overview;
  }

  async close(): Promise<void> {
    const retired = [...this.#retired];
    this.#retired.clear();
    for (const [, timer] of retired) timer.cancel();
    await Promise.all([...retired.map(([each]) => each), this.#current].map((each) => each.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
