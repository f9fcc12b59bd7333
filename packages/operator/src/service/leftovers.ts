import { ECSMService, formatKey, isNotFoundError, type Clock, type ResourceClients } from '@ecsm/api-types';
import type { Logger } from '@ecsm/controller-runtime';
import { parseOwnerMark, type ObservedService } from '@ecsm/planner';

import { Announcer } from '../internal/announcer.js';
import { messageLine } from '../internal/message-line.js';

/** Options of {@link Leftovers}. */
export interface LeftoversOptions {
  readonly clients: ResourceClients;
  readonly clock: Clock;
  readonly log: Logger;
  readonly operatorId: string;
}

/**
 * Tells of platform services that bear a mark of this operator although their object is not declared: it was deleted while the
 * operator worked on another platform, or with a registry that was lost since.
 *
 * Nothing is done to them. Whoever has lost a registry must not lose what runs as well, and finds it again by declaring it.
 */
export class Leftovers {
  readonly #options: LeftoversOptions;
  readonly #announcer: Announcer;
  /** What was noted is looked at one after the other. */
  #looking: Promise<void> = Promise.resolve();

  constructor(options: LeftoversOptions) {
    this.#options = options;
    this.#announcer = new Announcer(options);
  }

  /** A service was found that belongs to no object which is followed. */
  note(service: ObservedService): void {
    this.#looking = this.#looking.then(() => this.#look(service));
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    await this.#looking;
    await this.#announcer[Symbol.asyncDispose]();
  }

  async #look({ id, name, mark }: ObservedService): Promise<void> {
    const { clients, log, operatorId } = this.#options;
    const owner = parseOwnerMark(mark ?? '');
    if (owner?.operatorId !== operatorId) return;
    const key = { namespace: owner.namespace, name: owner.name };
    try {
      await clients.resource(ECSMService).get(key);
    } catch (error) {
      if (!isNotFoundError(error)) {
        log.debug({ error: messageLine(error) }, `cannot tell whether ${name} has an object`);
        return;
      }
      const message =
        `platform service ${name} (${id}) was made for ${formatKey(key)}, which is not declared: it is left alone; ` +
        `declare the object anew, or delete the service (ecsmctl service delete ${name})`;
      log.warn({ reason: 'ObjectMissing' }, message);
      this.#announcer.tell('Platform', name, 'Warning', 'ObjectMissing', message);
    }
  }
}
