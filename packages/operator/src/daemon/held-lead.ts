import type { AbortableOptions } from '@ecsm/api-types';
import type { Leadership, LeaderLock } from '@ecsm/controller-runtime';

/** A {@link LeaderLock} that can be asked later whether the lead it gave is still held: before a platform is written to. */
export class HeldLead implements LeaderLock {
  readonly #lock: LeaderLock;
  readonly #onLead: () => void;
  #leadership: Leadership | undefined;

  /** @param onLead - told when this process leads */
  constructor(lock: LeaderLock, onLead: () => void) {
    this.#lock = lock;
    this.#onLead = onLead;
  }

  get name(): string {
    return this.#lock.name;
  }

  get identity(): string {
    return this.#lock.identity;
  }

  /** Counts the leaders there have been; absent before this process led. */
  get fencingToken(): number | undefined {
    return this.#leadership?.fencingToken;
  }

  async acquire(options?: AbortableOptions): Promise<Leadership> {
    this.#leadership = await this.#lock.acquire(options);
    this.#onLead();
    return this.#leadership;
  }

  /** Whether this process leads now. */
  get isHeld(): boolean {
    try {
      this.assertHeld();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Makes sure that this process still leads.
   *
   * @throws LeaseLostError when it does not, or cannot be sure to; Error when it never did
   */
  assertHeld(): void {
    if (this.#leadership === undefined)
      throw new Error('this process does not lead: it must not write to the platform');
    this.#leadership.assertHeld();
  }
}
