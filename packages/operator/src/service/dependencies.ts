import {
  dependenciesOf,
  ECSMService,
  findCondition,
  findCycle,
  formatKey,
  isConditionTrue,
  isNotFoundError,
  isStatusCurrent,
  keyOf,
  parseKey,
  type ECSMServiceStatus,
  type ObjectKey,
  type ResourceClients,
  type Stored,
} from '@ecsm/api-types';
import { wasStarted } from '@ecsm/planner';

import { allObjects } from '../internal/all-objects.js';

/** What holds a start back. */
export interface Unready {
  /** The dependencies that are not Available, as `namespace/name`. */
  readonly waitingFor: readonly string[];
  /** The way by which the object depends on itself. */
  readonly cycle?: readonly string[];
}

/** Who still depends on an object that is being deleted, as `namespace/name`. */
export interface Dependents {
  /** Those that are being deleted too: they go first. */
  readonly goingFirst: readonly string[];
  /** Those that stay. */
  readonly staying: readonly string[];
}

/**
 * Who waits for whom.
 *
 * An index from each object to its dependents is read once, when it is first needed, and kept up with every run of an object,
 * so that a change of one runs its dependents and nobody else.
 */
export class Dependencies {
  readonly #clients: ResourceClients;
  readonly #wake: (key: ObjectKey, reason: string) => void;
  readonly #dependencies = new Map<string, readonly string[]>();
  readonly #dependents = new Map<string, Set<string>>();
  /** Objects being deleted that wait until dependents are gone. */
  readonly #held = new Set<string>();
  #loaded: Promise<void> | undefined;

  constructor(clients: ResourceClients, wake: (key: ObjectKey, reason: string) => void) {
    this.#clients = clients;
    this.#wake = wake;
  }

  /** What holds an object back; each dependency wakes it when it becomes Available. */
  async unready(service: ECSMService): Promise<Unready> {
    this.#note(service);
    const waitingFor: string[] = [];
    for (const key of dependenciesOf(service)) {
      const missing = await this.#missing(key);
      if (missing !== undefined) waitingFor.push(missing);
    }
    if (waitingFor.length === 0 || wasStarted(service)) return { waitingFor };
    await (this.#loaded ??= this.#load());
    const cycle = await findCycle(formatKey(keyOf(service)), (name) => this.#dependencies.get(name) ?? []);
    return { waitingFor, ...(cycle === undefined ? {} : { cycle }) };
  }

  /** Who has to go before an object that is being deleted, and who will miss it. */
  async dependents(service: ECSMService): Promise<Dependents> {
    await (this.#loaded ??= this.#load());
    const own = formatKey(keyOf(service));
    const goingFirst: string[] = [];
    const staying: string[] = [];
    for (const name of this.#dependents.get(own) ?? []) {
      const dependent = await this.#read(parseKey(name));
      if (dependent === undefined || !dependenciesOf(dependent).map(formatKey).includes(own)) continue;
      if (dependent.metadata.deletionTimestamp === undefined) staying.push(name);
      // In a cycle everybody would wait for everybody.
      else if (name !== own && !(await this.#isBehind(own, name))) goingFirst.push(name);
    }
    if (goingFirst.length > 0) this.#held.add(own);
    else this.#held.delete(own);
    return { goingFirst, staying };
  }

  /** A status was written: whether the object is Available may be news to its dependents. */
  statusWritten(service: ECSMService, status: ECSMServiceStatus): void {
    const before = isStatusCurrent(service) && isConditionTrue(service.status?.conditions, 'Available');
    const after = isConditionTrue(status.conditions, 'Available');
    const text = formatKey(keyOf(service));
    if (before !== after) this.#wakeDependents(text, `${text} is ${after ? '' : 'no longer '}Available`);
  }

  /** An object is gone: what it depended on need not wait for it any longer. */
  forget(key: ObjectKey): void {
    const text = formatKey(key);
    for (const name of this.#dependencies.get(text) ?? []) {
      this.#leave(name, text);
      if (this.#held.has(name)) this.#wake(parseKey(name), `${text} is gone`);
    }
    this.#dependencies.delete(text);
    this.#held.delete(text);
    this.#wakeDependents(text, `${text} is gone`);
  }

  #wakeDependents(name: string, reason: string): void {
    for (const dependent of this.#dependents.get(name) ?? []) this.#wake(parseKey(dependent), reason);
  }

  /** Keeps the index in step with an object. */
  #note(service: ECSMService): void {
    const text = formatKey(keyOf(service));
    const now = dependenciesOf(service).map(formatKey);
    for (const name of this.#dependencies.get(text) ?? []) {
      if (!now.includes(name)) this.#leave(name, text);
    }
    if (now.length === 0) this.#dependencies.delete(text);
    else this.#dependencies.set(text, now);
    for (const name of now) this.#dependents.set(name, (this.#dependents.get(name) ?? new Set()).add(text));
  }

  /** An object no longer depends on another. */
  #leave(name: string, dependent: string): void {
    const dependents = this.#dependents.get(name);
    dependents?.delete(dependent);
    if (dependents?.size === 0) this.#dependents.delete(name);
  }

  async #load(): Promise<void> {
    try {
      for await (const service of allObjects(this.#clients, ECSMService)) this.#note(service);
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }

  /** Whether the way from an object along its dependencies leads to another. */
  async #isBehind(from: string, to: string): Promise<boolean> {
    const found = await findCycle(to, (name) => (name === to ? [from] : (this.#dependencies.get(name) ?? [])));
    return found !== undefined;
  }

  async #read(key: ObjectKey): Promise<Stored<ECSMService> | undefined> {
    try {
      return await this.#clients.resource(ECSMService).get(key);
    } catch (error) {
      if (isNotFoundError(error)) return undefined;
      throw error;
    }
  }

  /** Why a dependency is not ready, beginning with its key; `undefined` when it is Available. */
  async #missing(key: ObjectKey): Promise<string | undefined> {
    const dependency = await this.#read(key);
    const text = formatKey(key);
    if (dependency === undefined) return `${text} (does not exist)`;
    const available = findCondition(dependency.status?.conditions, 'Available');
    return isStatusCurrent(dependency) && available?.status === 'True' ? undefined : text;
  }
}
