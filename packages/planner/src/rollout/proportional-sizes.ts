/** Templates that share a service's instances when the wanted number changes. */
export interface ScalingState {
  /** Size of each template, oldest first, the newest last. */
  readonly sizes: readonly number[];
  /** Instances that may exist from now on: wanted ones and surge. */
  readonly allowed: number;
  /** Instances that were allowed to exist before. */
  readonly allowedBefore: number;
}

/**
 * The sizes after a change of the wanted number in the middle of a rollout: each template gets its share, as in a Deployment, so
 * that a large step up does not go to a template alone that has yet to prove itself.
 *
 * What rounding leaves over goes to the largest; of equals to the newest when growing, to the oldest when shrinking.
 */
export function proportionalSizes({ sizes, allowed, allowedBefore }: ScalingState): readonly number[] {
  const missing = allowed - sizes.reduce((sum, size) => sum + size, 0);
  if (missing === 0) return sizes;
  const next = [...sizes];
  const order = sizes
    .map((_, index) => index)
    .sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || (missing > 0 ? b - a : a - b));
  let added = 0;
  for (const index of order) {
    const size = sizes[index] ?? 0;
    if (size === 0) continue;
    const share = Math.floor((size * allowed) / allowedBefore + 0.5) - size;
    // Where fewer are wanted and yet more allowed than there are, none shrinks for another to grow.
    const change = missing > 0 ? Math.max(0, Math.min(share, missing - added)) : Math.max(share, missing - added);
    next[index] = size + change;
    added += change;
  }
  const [largest] = order;
  if (largest !== undefined) next[largest] = Math.max(0, (next[largest] ?? 0) + missing - added);
  return next;
}
