import { formatKey, sharedAbortController, type Clock, type ObjectKey, type ResourceClients } from '@ecsm/api-types';
import type { Span } from '@opentelemetry/api';

import { RunAbortedError, type AbortReason } from '../errors/run-aborted-error.js';
import { GuardedClients, type Guard } from '../internal/guarded-clients.js';
import type { Leadership } from '../leader-election/leader-lock.js';
import type { Logger } from '../logger.js';
import type { RunContext } from '../reconciler.js';
import { formatCause, type Cause } from '../sources/trigger.js';

/** What every run of a controller shares. */
export interface RunEnvironment {
  readonly controller: string;
  readonly clock: Clock;
  readonly clients: ResourceClients;
  readonly log: Logger;
  /** Absent where nothing is elected. */
  readonly leadership?: Leadership | undefined;
}

/** What is known of a run before it begins. */
export interface RunFacts {
  readonly key: ObjectKey;
  readonly attempt: number;
  readonly firstFailureAt: number | undefined;
  readonly causes: readonly Cause[];
}

/**
 * One run of a key. What costs something to make (signal, logger, clients) is made when it is first asked for: most runs
 * find nothing to do.
 */
export class Run implements RunContext, Guard {
  readonly controller: string;
  readonly key: ObjectKey;
  readonly attempt: number;
  readonly firstFailureAt: number | undefined;
  readonly causes: readonly Cause[];
  readonly clock: Clock;
  readonly #environment: RunEnvironment;
  span: Span | undefined;
  #abort: AbortController | undefined;
  #reason: RunAbortedError | undefined;
  #log: Logger | undefined;
  #clients: ResourceClients | undefined;

  constructor(environment: RunEnvironment, facts: RunFacts) {
    this.controller = environment.controller;
    this.clock = environment.clock;
    this.key = facts.key;
    this.attempt = facts.attempt;
    this.firstFailureAt = facts.firstFailureAt;
    this.causes = facts.causes;
    this.#environment = environment;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = sharedAbortController();
      if (this.#reason !== undefined) this.#abort.abort(this.#reason);
    }
    return this.#abort.signal;
  }

  get log(): Logger {
    if (this.#log === undefined) {
      const cause = this.causes.at(-1);
      const fields = { object: formatKey(this.key), attempt: this.attempt };
      this.#log = this.#environment.log.child(cause === undefined ? fields : { ...fields, cause: formatCause(cause) });
    }
    return this.#log;
  }

  get clients(): ResourceClients {
    this.#clients ??= new GuardedClients(this.#environment.clients, this);
    return this.#clients;
  }

  get fencingToken(): number | undefined {
    return this.#environment.leadership?.fencingToken;
  }

  /** Why the run was told to end, if it was. */
  get abortReason(): AbortReason | undefined {
    return this.#reason?.reason;
  }

  /** Tells the run to end; only the first reason counts. */
  abort(reason: AbortReason, message: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = new RunAbortedError(reason, `${this.controller} "${formatKey(this.key)}": ${message}`);
    this.#abort?.abort(this.#reason);
  }

  /** The reconciler has ended, if late: what is to be written of it, and `giveUp`, are refused nothing for that. */
  forgiveTimeout(): void {
    if (this.#reason?.reason !== 'timeout') return;
    this.#reason = undefined;
    this.#abort = undefined;
  }

  beforeRead(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  beforeWrite(): void {
    this.beforeRead();
    this.#environment.leadership?.assertHeld();
  }
}
