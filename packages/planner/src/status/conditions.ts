import { setCondition, type Condition } from '@ecsm/api-types';

/** A condition before it has a time of transition. */
export type Finding = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

/** Conditions with findings set, for one generation. */
export function withFindings(
  before: readonly Condition[] | undefined,
  findings: readonly Finding[],
  generation: number | undefined,
  nowMs: number,
): readonly Condition[] {
  let conditions = before ?? [];
  for (const finding of findings) {
    const observed = generation === undefined ? {} : { observedGeneration: generation };
    conditions = setCondition(conditions, { ...finding, ...observed }, nowMs);
  }
  return conditions;
}
