import { findCondition, type Condition } from '@ecsm/api-types';

/** Reason of Progressing on an object that waits for room. */
export const waitingForRoom = 'WaitingForRoom';

/** For whom an object has made way, and where. */
export interface MadeWay {
  /** `namespace/name` of the object that needed the room. */
  readonly to: string;
  /** Where; several while it is the platform's choice. */
  readonly nodes: readonly string[];
  /** Wall-clock milliseconds since when. */
  readonly sinceMs: number;
}

const pattern = / made way to (\S+) \(priority -?\d+\) on (.+), which needs /;

/** The message of Preempted; {@link parseMadeWay} reads it again, so that nothing else has to be stored. */
export function describeMadeWay(
  instances: number,
  wanted: number,
  to: { readonly key: string; readonly priority: number },
  nodes: readonly string[],
  need: string,
): string {
  const counted = wanted === 1 ? 'its instance' : `${instances} of ${wanted} instances`;
  const where = nodes.join(' or ');
  return `${counted} made way to ${to.key} (priority ${to.priority}) on ${where}, which needs ${need}`;
}

/** For whom an object that is marked Preempted has made way. */
export function parseMadeWay(conditions: readonly Condition[] | undefined): MadeWay | undefined {
  const condition = findCondition(conditions, 'Preempted');
  if (condition?.status !== 'True') return undefined;
  const [, to, where] = pattern.exec(condition.message) ?? [];
  return to === undefined || where === undefined
    ? undefined
    : { to, nodes: where.split(' or '), sinceMs: Date.parse(condition.lastTransitionTime) };
}

/** What is left on a node, in the words of a shortage. */
const left = /(\d+)Mi of (?:memory|disk) left/g;
/** By so much it wanders all the time where containers have no limits, or by a tenth if that is more: MiB. */
const unrestMi = 16;

/** Whether two messages of a shortage differ in nothing but the unrest of what is left on nodes: every write wears the disk. */
export function areSameShortage(before: string, after: string): boolean {
  if (before.replace(left, '') !== after.replace(left, '')) return false;
  const [old, young] = [before, after].map((text) => [...text.matchAll(left)].map(([, figure]) => Number(figure)));
  return (young ?? []).every((figure, index) => {
    const was = old?.[index] ?? 0;
    return Math.abs(figure - was) <= Math.max(unrestMi, was / 10);
  });
}
