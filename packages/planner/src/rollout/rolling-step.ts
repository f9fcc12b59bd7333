import type { RollingBounds } from './rolling-bounds.js';

/** One template's share of a service's instances. */
export interface InstanceSet {
  /** Instances asked for. */
  readonly size: number;
  /** Instances ready for long enough. */
  readonly available: number;
  /** Instances that can be taken away without taking an available one; they go first. */
  readonly spare?: number;
}

/** Where a rolling update stands. */
export interface RollingState {
  /** Wanted instances in all. */
  readonly desired: number;
  readonly bounds: RollingBounds;
  /** Instances of the newest template. */
  readonly current: InstanceSet;
  /** Instances of earlier templates, oldest first. */
  readonly old: readonly InstanceSet[];
}

/** The sizes to ask for next; equal to the present ones when there is something to wait for first. */
export interface RollingStep {
  readonly current: number;
  /** In the order of {@link RollingState.old}. */
  readonly old: readonly number[];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * The size of the newest template: up to the wanted number as the surge allows, and down to it when it is above.
 */
export function nextCurrentSize(state: Omit<RollingState, 'old'> & { readonly oldSize: number }): number {
  const { desired, bounds, current, oldSize } = state;
  if (current.size >= desired) return desired;
  const room = desired + bounds.surge - current.size - oldSize;
  return current.size + Math.max(0, Math.min(room, desired - current.size));
}

/**
 * The sizes of earlier templates: what is not available goes first, then as many available ones as can be missed.
 *
 * Instances of the newest template that are not available yet are held against the old ones, so that a broken template
 * never takes the last working instances with it.
 */
export function nextOldSizes(state: RollingState): readonly number[] {
  const { desired, bounds, current, old } = state;
  const minAvailable = desired - bounds.unavailable;
  const sizes = old.map(({ size }) => size);
  const currentMissing = current.size - current.available;
  let mayGo = current.size + sum(sizes) - minAvailable - currentMissing;
  if (mayGo <= 0) return sizes;
  for (const [index, set] of old.entries()) {
    const unwell = Math.min(mayGo, set.spare ?? set.size - set.available, set.size);
    sizes[index] = set.size - unwell;
    mayGo -= unwell;
  }
  // Counted anew: what is gone above was not available.
  let spare = current.available + sum(old.map(({ available }) => available)) - minAvailable;
  for (const [index, size] of sizes.entries()) {
    if (spare <= 0) break;
    const goes = Math.min(spare, size);
    sizes[index] = size - goes;
    spare -= goes;
  }
  return sizes;
}

/**
 * Sizes that leave at least `least` instances available: what would take too many away is taken back, from the newest template
 * first.
 */
export function keepAvailable(
  sizes: readonly number[],
  sets: readonly InstanceSet[],
  least: number,
): readonly number[] {
  // One that cannot be relied on may be ready all the same.
  const lost = (set: InstanceSet, next: number): number =>
    Math.max(0, set.size - next - (set.spare ?? set.size - set.available));
  const kept = [...sizes];
  const left = (): number => sum(sets.map((set, index) => set.available - lost(set, kept[index] ?? set.size)));
  for (const [index, set] of [...sets.entries()].reverse()) {
    const missing = least - left();
    if (missing <= 0) break;
    const next = kept[index] ?? set.size;
    kept[index] = next + Math.min(missing, lost(set, next));
  }
  return kept;
}

/**
 * One step of a rolling update, with a Deployment's numbers: first grow or shrink the newest template, and when that is
 * done for now, shrink the earlier ones.
 */
export function rollingStep(state: RollingState): RollingStep {
  const oldSize = sum(state.old.map(({ size }) => size));
  const current = nextCurrentSize({ ...state, oldSize });
  if (current !== state.current.size) return { current, old: state.old.map(({ size }) => size) };
  return { current, old: nextOldSizes(state) };
}
