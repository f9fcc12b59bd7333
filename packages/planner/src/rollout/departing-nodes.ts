/** Nodes that a service shall leave, and what that costs. */
export interface Departure {
  /** Nodes to leave. */
  readonly nodes: readonly string[];
  /** Instances up and running on each node. */
  readonly running: ReadonlyMap<string, number>;
  /** Running instances that may be taken away now. */
  readonly budget: number;
}

/** The nodes that can be left at once, those first whose leaving costs least. */
export function departingNodes({ nodes, running, budget }: Departure): readonly string[] {
  const cost = (node: string): number => running.get(node) ?? 0;
  let left = budget;
  return [...nodes]
    .sort((a, b) => cost(a) - cost(b))
    .filter((node) => {
      // What runs nothing costs nothing, even when nothing may be missing.
      if (cost(node) > Math.max(0, left)) return false;
      left -= cost(node);
      return true;
    });
}
