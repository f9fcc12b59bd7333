import type { SoakReport } from './soak.js';

/** Days at the start in which caches fill. */
const warmDays = 2;
/** Growth of what is held that is taken for a leak: part of it per day. */
export const mostGrowth = 0.0025;
/** Days with which a slope can be told from the rest of the noise. */
const fewestDays = 8;

/** A line through points, by least squares. */
export interface Slope {
  readonly perDay: number;
  /** Standard error of `perDay`. */
  readonly error: number;
  readonly mean: number;
}

/** What {@link judge} found. */
export interface Verdict {
  /** How the heap without what V8 has compiled grows; absent when there are too few days to tell. */
  readonly held: Slope | undefined;
  /** What must not be, in words; empty when all is well. */
  readonly problems: string[];
}

/** Fits a line through values of consecutive days. */
export function slopeOf(values: readonly number[]): Slope {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = (values.length - 1) / 2;
  const squares = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  const perDay = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0) / squares;
  const residues = values.reduce((sum, value, index) => sum + (value - mean - perDay * (index - middle)) ** 2, 0);
  return { perDay, error: Math.sqrt(residues / (values.length - 2) / squares), mean };
}

/** Whether numbers only went up: the last third lies above the first. */
function grows(values: readonly number[]): boolean {
  const third = Math.floor(values.length / 3);
  return third > 0 && Math.min(...values.slice(-third)) > Math.max(...values.slice(0, third));
}

/** Says what in a soak must not be. */
export function judge({ days, rest, timersLeft, handles }: SoakReport): Verdict {
  const problems: string[] = [];
  const warm = days.slice(warmDays);
  const held =
    warm.length < fewestDays ? undefined : slopeOf(warm.map(({ heapUsed, compiled }) => heapUsed - compiled));
  if (held !== undefined && held.perDay > mostGrowth * held.mean) {
    problems.push(`what is held grows by ${Math.round(held.perDay)} bytes a day, ${mostGrowth * 100} % of it may be`);
  }
  if (grows(warm.map(({ listeners }) => listeners))) problems.push('listeners of the process grow');
  if (grows(warm.map(({ timers }) => timers))) problems.push('timers grow');
  for (const kind of new Set(warm.flatMap((day) => Object.keys(day.handles)))) {
    if (grows(warm.map((day) => day.handles[kind] ?? 0))) problems.push(`handles of the kind ${kind} grow`);
  }
  for (const what of ['logLines', 'registryWrites', 'platformWrites', 'diskBytes'] as const) {
    const count = rest[what] ?? 0;
    if (count > 0) problems.push(`${what} at rest: ${count}`);
  }
  if (timersLeft > 0) problems.push(`${timersLeft} timers are left after the end`);
  for (const [kind, count] of Object.entries(handles.after)) {
    const before = handles.before[kind] ?? 0;
    if (count > before) problems.push(`${count - before} handles of the kind ${kind} are left after the end`);
  }
  return { held, problems };
}
