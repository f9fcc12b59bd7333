/** Where a node-by-node update of a Static service stands. */
export interface StaticState {
  /** Nodes that shall have one instance each. */
  readonly wanted: readonly string[];
  /** Those of them on which there is room for one. @defaultValue all of them */
  readonly open?: readonly string[];
  /** Nodes named by the newest template's service. */
  readonly current: readonly string[];
  /** Nodes named by the services of earlier templates, oldest first. */
  readonly old: readonly (readonly string[])[];
  /** Available instances of the newest template. */
  readonly currentAvailable: number;
  /** Available instances of earlier templates, in the same order. */
  readonly oldAvailable: readonly number[];
  /** Instances of earlier templates that run, for however short a time. */
  readonly oldReady: number;
  /** Nodes on which each earlier service has long run nothing, as far as that is known; in the same order. */
  readonly oldIdle: readonly (readonly string[])[];
  /** Instances of earlier services on nodes these have given up; they must go before anyone follows. */
  readonly leaving: number;
  /** Nodes that may be without an available instance. */
  readonly unavailable: number;
  /** Nodes that may have an instance of both templates at once. */
  readonly surge: number;
}

/** The nodes to name next. */
export interface StaticStep {
  readonly current: readonly string[];
  /** In the order of {@link StaticState.old}. */
  readonly old: readonly (readonly string[])[];
}

/**
 * One step of a node-by-node update.
 *
 * A node moves in two steps: it leaves the earlier service, and once its instance is gone it joins the newest. At most
 * `unavailable` nodes are between the two or wait for their new instance to become available. With a surge, nodes may join first.
 */
export function staticStep(state: StaticState): StaticStep {
  const { wanted, current, old, surge, open = wanted } = state;
  const kept = current.filter((node) => open.includes(node));
  const inOld = new Set(old.flat());
  const free = open.filter((node) => !kept.includes(node) && !inOld.has(node));
  // Nodes no template occupies any more join at once, when the instances that were there are gone.
  if (state.leaving === 0 && free.length > 0) return { current: [...kept, ...free], old };
  const occupied = [...kept, ...old.flat().filter((node) => wanted.includes(node))];
  const doubled = occupied.length - new Set(occupied).size;
  // What is on its way out still stands beside a newer instance, or would.
  const room = Math.max(0, surge - doubled - state.leaving);
  const joinsEarly = open.filter((node) => !kept.includes(node)).slice(0, room);
  if (joinsEarly.length > 0) return { current: [...kept, ...joinsEarly], old };
  // A service cannot be without nodes: one that has none of the wanted ones stays where it is until it gets some.
  if (kept.length > 0 && kept.length !== current.length) return { current: kept, old };
  return { current, old: shrinkOld(state) };
}

/** The earlier services without the nodes that may move on now. */
function shrinkOld(state: StaticState): readonly (readonly string[])[] {
  const { wanted, current, old, unavailable } = state;
  // What a service has yet to end may still be counted as available, and makes up for nothing.
  const currentMissing = Math.max(0, current.length - state.currentAvailable);
  const oldCount = old.flat().length;
  const missing = old.map((nodes, index) => Math.max(0, nodes.length - (state.oldAvailable[index] ?? 0)));
  const oldMissing = missing.reduce((sum, each) => sum + each, 0);
  const between = wanted.filter((node) => !current.includes(node) && !old.flat().includes(node)).length;
  // Nodes the object no longer names, and nodes the new template already serves, cost nothing.
  const covered = currentMissing === 0 ? new Set(current) : new Set<string>();
  let budget = Math.max(0, unavailable - currentMissing - between);
  // Without knowing which instance is unwell, none is taken on the strength of another's ill health; and one that has run only
  // for a moment, or of which a new operator knows no more, is not unwell.
  const oldDead = oldCount > 0 && state.oldReady === 0;
  if (!oldDead) budget = Math.max(0, budget - oldMissing);
  // Of two earlier services on one node one is enough: the one that is well, the younger of two of those.
  const served = covered;
  const order = [...old.keys()].reverse().sort((a, b) => Number(missing[a] !== 0) - Number(missing[b] !== 0));
  const next = [...old];
  for (const index of order) {
    const kept = (old[index] ?? []).filter((node) => {
      if (!wanted.includes(node) || served.has(node) || state.oldIdle[index]?.includes(node) === true) return false;
      if (current.includes(node)) return true;
      if (oldDead) return false;
      if (budget <= 0) return true;
      budget--;
      return false;
    });
    if (missing[index] === 0) for (const node of kept) served.add(node);
    next[index] = kept;
  }
  return next;
}
