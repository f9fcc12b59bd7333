import {
  findCondition,
  isConditionTrue,
  removeCondition,
  setCondition,
  showBriefly,
  type Clock,
  type Condition,
} from '@ecsm/api-types';

type Change = (conditions: readonly Condition[]) => readonly Condition[];

/**
 * The conditions of the object a run is about.
 *
 * What is set here is written by `ctx.updateStatus`, or by itself when the run ends, failed or not; an unchanged
 * condition writes nothing. The time of transition moves only when the status of a condition changes.
 */
export class Conditions {
  readonly #clock: Clock;
  readonly #generation: number;
  /** What was set or removed since the last write, by type. */
  readonly #changes = new Map<string, Change>();
  #before: readonly Condition[];
  #now: readonly Condition[];

  constructor(conditions: readonly Condition[] | undefined, generation: number, clock: Clock) {
    this.#clock = clock;
    this.#generation = generation;
    this.#before = conditions ?? [];
    this.#now = this.#before;
  }

  /** All conditions as they are now. */
  get all(): readonly Condition[] {
    return this.#now;
  }

  /** Whether something is set that was not written. */
  get changed(): boolean {
    return this.#now !== this.#before;
  }

  /**
   * Sets a condition, said of the generation this run sees.
   *
   * @param status - `'Unknown'`, or whether it is true
   * @param reason - CamelCase word that programs may rely on
   * @param message - a sentence for people
   * @throws TypeError for any other status: the text `'False'` would count as true
   */
  set(type: string, status: boolean | 'Unknown', reason: string, message = ''): void {
    const given: unknown = status;
    if (typeof given !== 'boolean' && given !== 'Unknown') {
      throw new TypeError(`the condition ${type} takes true, false or 'Unknown', got ${showBriefly(given)}`);
    }
    const condition = {
      type,
      status: status === 'Unknown' ? status : status ? 'True' : 'False',
      reason,
      message,
      observedGeneration: this.#generation,
    } as const;
    const now = this.#clock.now();
    this.#change(type, (conditions) => setCondition(conditions, condition, now));
  }

  /** Takes a condition away. */
  remove(type: string): void {
    this.#change(type, (conditions) => removeCondition(conditions, type));
  }

  /** The condition of a type, if it is set. */
  find(type: string): Condition | undefined {
    return findCondition(this.#now, type);
  }

  /** Whether the condition of a type is True. */
  isTrue(type: string): boolean {
    return isConditionTrue(this.#now, type);
  }

  /**
   * Does to these conditions what was done to the former: somebody else has written meanwhile.
   *
   * @internal
   */
  rebase(conditions: readonly Condition[] | undefined): void {
    this.#before = conditions ?? [];
    this.#now = [...this.#changes.values()].reduce((all, change) => change(all), this.#before);
  }

  /**
   * Goes on from what was stored.
   *
   * @param written - what `all` was at the time of the write: what was set since is still to be written
   * @internal
   */
  stored(conditions: readonly Condition[] | undefined, written: readonly Condition[]): void {
    if (this.#now === written) this.#changes.clear();
    this.rebase(conditions);
  }

  #change(type: string, change: Change): void {
    this.#changes.set(type, change);
    this.#now = change(this.#now);
  }
}
