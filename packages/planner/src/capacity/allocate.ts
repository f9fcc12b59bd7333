import type { Now } from '../plan/desired.js';
import type { Claim } from './claim.js';
import type { Grant } from './grant.js';
import { Ledger } from './ledger.js';
import type { NodeCapacity } from './node-capacity.js';
import { describeShortage } from './shortage.js';
import { stakesOf, type Stake } from './stake.js';

/** Highest priority first; of one priority, those who came first. */
export function inLine(a: Claim, b: Claim): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.createdMs !== b.createdMs) return a.createdMs - b.createdMs;
  return a.key < b.key ? -1 : 1;
}

/**
 * Grants every object the instances it may run now; objects that have all the room they want get no grant.
 *
 * A function of its arguments alone, to be asked again whenever something has changed. What runs is granted first and never
 * taken for an equal or higher priority; then free room is given out, highest priority first. Who still lacks room makes
 * lower priorities give way, one step at a time: victims leave one node, that is observed, and the next answer follows from
 * what is there then. Nobody is made to leave unless the one who needs the room fits in afterwards.
 *
 * It cannot oscillate: a victim is restored only into room that every higher priority has left over, and not where it made
 * way for somebody who still waits.
 *
 * @param claims - all objects that may have instances on the nodes
 * @param nodes - what is known of nodes, by name; an object with nodes beyond these is not limited
 */
export function allocate(
  claims: readonly Claim[],
  nodes: ReadonlyMap<string, NodeCapacity>,
  now: Now,
): ReadonlyMap<string, Grant> {
  const stakes = [...stakesOf(claims, nodes)].sort((a, b) => inLine(a.claim, b.claim));
  const ledger = new Ledger(stakes, nodes, now);
  for (const stake of stakes) ledger.serve(stake);
  const grants = new Map<string, Grant>();
  const owners = new Map(stakes.flatMap((stake) => stake.claim.services.map(({ id }) => [id, stake] as const)));
  let someoneWaits = false;
  for (const stake of stakes) {
    const grant = grantOf(stake, someoneWaits);
    someoneWaits ||= stake.short > 0;
    const { short } = stake;
    if (short > 0) {
      const inOwnWay = stake.nodes.some((node) => stake.claim.pool.includes(node));
      const shortage = { missing: short, inOwnWay, message: describeShortage(stake, nodes, owners) };
      grants.set(stake.claim.key, { ...(grant ?? { instances: stake.claim.wanted }), shortage });
    } else if (grant !== undefined) grants.set(stake.claim.key, grant);
  }
  return grants;
}

/**
 * What an object may run now; `undefined` when that is all it wants, wherever it wants it.
 *
 * @param crowded - whether room is set aside for somebody ahead of it, so that it must not go just anywhere
 */
function grantOf(stake: Stake, crowded: boolean): Omit<Grant, 'shortage'> | undefined {
  const { claim, placed, eviction } = stake;
  if (stake.outside !== undefined && eviction === undefined) return undefined;
  // What a node takes with it may come back with it.
  const instances = Math.min(claim.wanted, stake.held + placed.length + stake.lost);
  const named = namedNodes(stake);
  const elsewhere = named.length > 0 && placed.some((node) => !named.includes(node));
  const restricted = eviction !== undefined || elsewhere || (crowded && placed.length > 0);
  if (instances >= claim.wanted && !restricted) return undefined;
  const nodes = placesOf(stake, crowded);
  return {
    instances,
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(eviction === undefined ? {} : { eviction }),
  };
}

/** The nodes its platform services may use at the moment. */
function namedNodes({ claim }: Stake): readonly string[] {
  return claim.services.filter(({ leaving }) => !leaving).flatMap(({ nodes }) => nodes);
}

/**
 * The nodes an object may use. In a crowd new instances go only where room is set aside for them, and what has made way
 * stays away; apart from that everything stays as it is, since naming other nodes would only cost a call.
 */
function placesOf(stake: Stake, crowded: boolean): readonly string[] {
  const { claim, placed, eviction } = stake;
  const present = [...stake.nodes, ...stake.away.keys(), ...placed];
  const named = namedNodes(stake);
  const keep = new Set(
    claim.onePerNode || (crowded && placed.length > 0)
      ? present
      : [...named.filter((node) => node !== eviction?.leaves), ...placed],
  );
  return claim.pool.filter((node) => keep.has(node));
}
