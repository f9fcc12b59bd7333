/** What a condition may say. */
export const conditionStatuses = ['True', 'False', 'Unknown'] as const;

/** One aspect of an object's state, as the controller last saw it. */
export interface Condition {
  /** CamelCase name, unique among the object's conditions. */
  readonly type: string;
  readonly status: (typeof conditionStatuses)[number];
  /** CamelCase word that programs may rely on. */
  readonly reason: string;
  /** A sentence for people: what is going on and what to do. */
  readonly message: string;
  /** When `status` last changed. RFC 3339, UTC. */
  readonly lastTransitionTime: string;
  /** The generation this was said of. */
  readonly observedGeneration?: number;
}

/** The condition of a type, if the object has it. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition of a type is there and True. */
export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/**
 * Conditions with one of them set; the time of transition moves only when its status changes.
 *
 * Returns the same array when nothing changes, so that an unchanged status stays unchanged.
 *
 * @param nowMs - wall-clock time in milliseconds since the Unix epoch
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  condition: Omit<Condition, 'lastTransitionTime'>,
  nowMs: number,
): readonly Condition[] {
  const all = conditions ?? [];
  const before = findCondition(all, condition.type);
  const lastTransitionTime =
    before?.status === condition.status ? before.lastTransitionTime : new Date(nowMs).toISOString();
  const after: Condition = { ...condition, lastTransitionTime };
  if (before === undefined) return [...all, after];
  const same =
    before.status === after.status &&
    before.reason === after.reason &&
    before.message === after.message &&
    before.observedGeneration === after.observedGeneration;
  return same ? all : all.map((each) => (each.type === after.type ? after : each));
}

/** Conditions without one of them; the same array when it was not there. */
export function removeCondition(conditions: readonly Condition[] | undefined, type: string): readonly Condition[] {
  const all = conditions ?? [];
  return findCondition(all, type) === undefined ? all : all.filter((condition) => condition.type !== type);
}
