import type { ObjectKey } from '@ecsm/api-types';
import type { WorkQueueSnapshot } from '@ecsm/workqueue';

import type { Controller } from '../controller.js';
import { asTrigger, type Trigger } from '../sources/trigger.js';
import { checkControllerOptions } from './check-controller-options.js';
import type { ControllerDefinition } from './controller-definition.js';
import type { ControllerProcess } from './controller-process.js';

/** Stands for a controller from its description to its end; while nothing runs yet it keeps what it is asked for. */
export class ControllerHandle implements Controller {
  readonly definition: ControllerDefinition;
  #early: Trigger[] = [];
  #concurrency: number | undefined;
  #process: ControllerProcess | undefined;

  constructor(definition: ControllerDefinition) {
    this.definition = definition;
  }

  get name(): string {
    return this.definition.name;
  }

  get isSynced(): boolean {
    return this.#process?.isSynced ?? false;
  }

  trigger(trigger: ObjectKey | Trigger): void {
    if (this.#process === undefined) this.#early.push(asTrigger(trigger));
    else this.#process.trigger(trigger);
  }

  setConcurrency(concurrency: number): void {
    checkControllerOptions(this.name, { concurrency });
    if (this.#process === undefined) this.#concurrency = concurrency;
    else this.#process.setConcurrency(concurrency);
  }

  inspect(options?: { readonly limit?: number }): WorkQueueSnapshot<string> {
    return this.#process?.inspect(options) ?? { ready: [], delayed: [], running: [], closed: false };
  }

  /** Hands over to the controller at work. */
  attach(process: ControllerProcess): void {
    this.#process = process;
    if (this.#concurrency !== undefined) process.setConcurrency(this.#concurrency);
    for (const trigger of this.#early) process.trigger(trigger);
    this.#early = [];
  }
}
