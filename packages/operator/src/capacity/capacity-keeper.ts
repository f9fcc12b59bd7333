import {
  candidateNodes,
  ECSMService,
  formatKey,
  keyOf,
  parseKey,
  type Clock,
  type ObjectKey,
  type ResourceClients,
  type Stored,
} from '@ecsm/api-types';
import type { Logger } from '@ecsm/controller-runtime';
import type { Clientset } from '@ecsm/ecsm-client';
import {
  allocate,
  claimOf,
  holdGrant,
  needOf,
  operatingSystemOf,
  saysItLacksRoom,
  seenCounts,
  type Claim,
  type Grant,
  type NodeCapacity,
  type ObservedService,
  type Plan,
} from '@ecsm/planner';

import { allObjects } from '../internal/all-objects.js';
import { messageLine } from '../internal/message-line.js';
import { servicesOf } from '../platform/services-of.js';
import type { PlatformObserver } from '../platform/platform-observer.js';
import type { ImageCatalog } from '../service/image-catalog.js';
import { NodeReader } from './node-reader.js';
import { Suspicions } from './suspicions.js';

/** Options of {@link CapacityKeeper}. */
export interface CapacityKeeperOptions {
  readonly clients: ResourceClients;
  readonly clientset: Clientset;
  readonly observer: PlatformObserver;
  readonly images: ImageCatalog;
  readonly operatorId: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asks for a run of an object whose grant has changed. */
  readonly wake: (key: ObjectKey, reason: string) => void;
}

/** An object as it was when room was last given out. */
interface Seen {
  readonly generation: number;
  readonly uid: string;
}

/**
 * Shares the room on the nodes out among the objects, while anybody lacks it.
 *
 * Nobody looks at nodes as long as everything runs. An object whose instances do not come up raises a suspicion; then, and
 * after each look at the services for as long as somebody waits, nodes and containers are read and room is given out anew.
 * Nothing is remembered that a restart could lose: who waits, and for whom it made way, is said by the stored conditions.
 */
export class CapacityKeeper {
  readonly #options: CapacityKeeperOptions;
  readonly #nodes: NodeReader;
  readonly #suspicions: Suspicions;
  readonly #stopping = new AbortController();
  /** Objects that lack room, with the observed time since when. */
  readonly #short = new Map<string, number>();
  #grants: ReadonlyMap<string, Grant> = new Map();
  /** The objects that took part when room was last given out; empty before that. */
  #seen: ReadonlyMap<string, Seen> = new Map();
  /** Objects held as they are because nobody could look. */
  readonly #held = new Set<string>();
  /** Why the last look failed, if it did. */
  #failure: string | undefined;
  #recalled: Promise<void> | undefined;
  #looking: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(options: CapacityKeeperOptions) {
    this.#options = options;
    this.#nodes = new NodeReader(options.clientset, options.clock);
    this.#suspicions = new Suspicions();
  }

  /** Whether anybody lacks room, or may do so. */
  isActive(): boolean {
    return this.#short.size > 0 || this.#suspicions.size > 0;
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
  }

  /** What an object may run; `undefined` for all it wants. */
  async grantFor(object: Stored<ECSMService>): Promise<Grant | undefined> {
    await (this.#recalled ??= this.#recall());
    if (!this.isActive()) return undefined;
    if (!this.#knows(object)) await this.#look();
    const text = formatKey(keyOf(object));
    if (this.#knows(object) || !this.isActive()) return this.#grants.get(text);
    this.#held.add(text);
    return holdGrant(object, this.#servicesOf(object));
  }

  /** Notes what a run has found: instances that do not come up may lack room. */
  note(object: Stored<ECSMService>, plan: Plan): void {
    const { observer } = this.#options;
    const key = formatKey(keyOf(object));
    if (this.#suspicions.note(key, plan, object, observer.observedMs)) void this.#look();
  }

  /** Forgets an object that is gone. */
  forget(key: ObjectKey): void {
    const text = formatKey(key);
    this.#suspicions.forget(text);
    this.#short.delete(text);
  }

  /** The services were looked at. */
  polled(): void {
    if (this.isActive() && this.#options.observer.hasSynced) void this.#look();
  }

  #knows({ metadata }: Stored<ECSMService>): boolean {
    const seen = this.#seen.get(formatKey(metadata));
    return seen !== undefined && seen.uid === metadata.uid && seen.generation === metadata.generation;
  }

  /** After a start: who lacked room before? */
  async #recall(): Promise<void> {
    const { observer } = this.#options;
    try {
      for await (const object of allObjects(this.#options.clients, ECSMService)) {
        if (saysItLacksRoom(object)) this.#short.set(formatKey(keyOf(object)), observer.observedMs);
      }
    } catch (error) {
      this.#recalled = undefined;
      throw error;
    }
  }

  async #objects(): Promise<readonly Stored<ECSMService>[]> {
    const objects: Stored<ECSMService>[] = [];
    for await (const object of allObjects(this.#options.clients, ECSMService)) objects.push(object);
    return objects;
  }

  #servicesOf(object: ECSMService): readonly ObservedService[] {
    const { observer, operatorId } = this.#options;
    return servicesOf(object, observer, operatorId);
  }

  /** Gives room out anew from a look that begins after the call; several calls share one. */
  #look(): Promise<void> {
    if (this.#looking === undefined) {
      this.#looking = this.#lookOnce().finally(() => {
        this.#looking = undefined;
      });
      return this.#looking;
    }
    this.#next ??= this.#looking.then(() => {
      this.#next = undefined;
      return this.#look();
    });
    return this.#next;
  }

  async #lookOnce(): Promise<void> {
    try {
      await this.#giveOut();
      this.#failure = undefined;
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      // What was granted stands until the nodes can be looked at again; that they still cannot is no news.
      const failure = messageLine(error);
      this.#options.log[failure === this.#failure ? 'debug' : 'warn'](
        { error: failure },
        'cannot look at the room on the nodes',
      );
      this.#failure = failure;
    }
  }

  async #giveOut(): Promise<void> {
    const { observer, clock } = this.#options;
    const objects = await this.#objects();
    const names = new Set<string>();
    for (const object of objects)
      if (this.#isConcerned(object)) for (const name of candidateNodes(object)) names.add(name);
    const nodes = await this.#nodes.read(names, this.#stopping.signal);
    const claims = await Promise.all(objects.map((object) => this.#claim(object, nodes)));
    const now = { wallMs: clock.now(), observedMs: observer.observedMs };
    const grants = allocate(claims, nodes, now);
    const seen = new Map(
      objects.map(({ metadata: { uid, generation, ...key } }) => [formatKey(key), { uid, generation }]),
    );
    this.#take(grants, seen, now.observedMs);
  }

  #isConcerned(object: ECSMService): boolean {
    const key = formatKey(keyOf(object));
    return this.#short.has(key) || this.#suspicions.has(key);
  }

  async #claim(object: Stored<ECSMService>, nodes: ReadonlyMap<string, NodeCapacity>): Promise<Claim> {
    const services = this.#servicesOf(object);
    const key = formatKey(keyOf(object));
    const since = this.#short.get(key) ?? this.#suspicions.since(key);
    const seen = seenCounts(new Set(services.map(({ id }) => id)), nodes);
    const config = seen === undefined && this.#isConcerned(object) ? await this.#configOf(object) : undefined;
    return claimOf(object, services, {
      ...(since === undefined ? {} : { waitingSinceMs: since }),
      ...(seen === undefined ? {} : { seen }),
      ...(config === undefined ? {} : { config }),
    });
  }

  /** The configuration of the image, where the template leaves a limit to it. */
  async #configOf({ spec: { template } }: ECSMService): Promise<unknown> {
    const { memory, disk } = needOf(template);
    if (memory > 0 && disk > 0) return undefined;
    try {
      const os = operatingSystemOf(template) ?? (await this.#options.images.operatingSystem(template));
      return await this.#options.images.config(
        template.image.includes('#') ? template.image : `${template.image}#${os}`,
      );
    } catch {
      // Whatever is wrong with the image is said where it is needed.
      return undefined;
    }
  }

  #take(grants: ReadonlyMap<string, Grant>, seen: ReadonlyMap<string, Seen>, observedMs: number): void {
    const before = this.#grants;
    this.#grants = grants;
    this.#seen = seen;
    const limited = [...grants.keys()];
    const since = new Map([...this.#short]);
    this.#suspicions.settle(new Set([...limited, ...since.keys()]), observedMs);
    this.#short.clear();
    for (const key of limited) this.#short.set(key, since.get(key) ?? observedMs);
    for (const key of new Set([...before.keys(), ...grants.keys(), ...since.keys(), ...this.#held])) {
      if (!seen.has(key)) continue;
      const same = JSON.stringify(before.get(key)) === JSON.stringify(grants.get(key));
      if (same && before.has(key) && !this.#held.has(key)) continue;
      this.#options.wake(parseKey(key), 'the room granted to it has changed');
    }
    this.#held.clear();
  }
}
