import { messageOf } from '@ecsm/api-types';

import { checkFunction } from '../internal/check-arguments.js';

/** Looks at one thing; throws or rejects, with the reason in the message, when it is not well. */
export type HealthCheck = () => void | Promise<void>;

/** What a set of checks found. */
export interface HealthReport {
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly reason?: string }[];
}

/** A named set of checks. */
export class HealthChecks {
  readonly #checks = new Map<string, HealthCheck>();
  readonly #redact: (message: string) => string;

  /** @param redact - takes secrets out of the reasons that are shown */
  constructor(redact = (reason: string): string => reason) {
    this.#redact = redact;
  }

  /** @throws TypeError when there is a check of that name already, or it cannot be called */
  add(name: string, check: HealthCheck): void {
    checkFunction(
      `the check "${name}"`,
      check,
      'write (name, async () => { … }), and throw when something is not well',
    );
    if (this.#checks.has(name)) throw new TypeError(`a health check named "${name}" is there already`);
    this.#checks.set(name, check);
  }

  /** Does all checks at the same time. Never rejects. */
  async run(): Promise<HealthReport> {
    const checks = await Promise.all(
      [...this.#checks].map(async ([name, check]) => {
        try {
          const answer = await (check as () => unknown)();
          // Plain JavaScript may say it so; taken for well, nobody would ever hear of it.
          if (answer === false)
            return { name, ok: false, reason: 'the check returned false: throw an error that says why' };
          return { name, ok: true };
        } catch (error) {
          return { name, ok: false, reason: this.#redact(messageOf(error)) };
        }
      }),
    );
    return { ok: checks.every((check) => check.ok), checks };
  }
}
