import {
  dependenciesOf,
  ECSMService,
  formatKey,
  isConditionTrue,
  isNotFoundError,
  isStatusCurrent,
  keyOf,
  parseKey,
  type ECSMServiceStatus,
  type ObjectKey,
  type ResourceClients,
} from '@ecsm/api-types';

/** Who waits for whom, learned as objects are looked at. */
export class Dependencies {
  readonly #clients: ResourceClients;
  readonly #wake: (key: ObjectKey, reason: string) => void;
  /** Objects that wait, by what they wait for. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(clients: ResourceClients, wake: (key: ObjectKey, reason: string) => void) {
    this.#clients = clients;
    this.#wake = wake;
  }

  /** The dependencies of an object that are not Available, as `namespace/name`; they wake it when they become so. */
  async waitingFor(service: ECSMService): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const key of dependenciesOf(service)) {
      if (await this.#isAvailable(key)) continue;
      const text = formatKey(key);
      missing.push(text);
      this.#waiting.set(text, (this.#waiting.get(text) ?? new Set()).add(formatKey(keyOf(service))));
    }
    return missing;
  }

  /** A status was written: whoever waits for the object to be Available goes on. */
  statusWritten(service: ECSMService, status: ECSMServiceStatus): void {
    if (!isConditionTrue(status.conditions, 'Available')) return;
    const text = formatKey(keyOf(service));
    const waiting = this.#waiting.get(text);
    this.#waiting.delete(text);
    for (const dependent of waiting ?? []) this.#wake(parseKey(dependent), `${text} is Available`);
  }

  async #isAvailable(key: ObjectKey): Promise<boolean> {
    try {
      const dependency = await this.#clients.resource(ECSMService).get(key);
      return isStatusCurrent(dependency) && isConditionTrue(dependency.status?.conditions, 'Available');
    } catch (error) {
      if (isNotFoundError(error)) return false;
      throw error;
    }
  }
}
