import type { Cause } from '../sources/trigger.js';

/** How many causes of a run are kept; the latest ones. */
const maxCauses = 8;

const none: readonly Cause[] = [];

/** Why the keys that wait were asked for. */
export class PendingCauses {
  readonly #byKey = new Map<string, Cause[]>();

  add(key: string, cause: Cause): void {
    const causes = this.#byKey.get(key);
    if (causes === undefined) {
      this.#byKey.set(key, [cause]);
      return;
    }
    if (causes.length === maxCauses) causes.shift();
    causes.push(cause);
  }

  /** Takes the causes of a key whose run begins, oldest first. */
  take(key: string): readonly Cause[] {
    const causes = this.#byKey.get(key);
    if (causes === undefined) return none;
    this.#byKey.delete(key);
    return causes;
  }

  clear(): void {
    this.#byKey.clear();
  }
}
