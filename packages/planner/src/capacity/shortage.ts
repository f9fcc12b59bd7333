import { NodeRoom } from './node-room.js';
import type { NodeCapacity } from './node-capacity.js';
import { describeNeed, formatBytes } from './resources.js';
import type { Stake } from './stake.js';

/** Most nodes and services a sentence names; the rest is counted. */
const mostNamed = 4;

function some(parts: readonly string[]): string {
  const rest = parts.length - mostNamed;
  const shown = parts.slice(0, mostNamed).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/** What a node lacks for an object, in words. */
function describeNode(name: string, { claim }: Stake, node: NodeCapacity | undefined): string {
  if (node === undefined) return `${name} is unknown`;
  const room = new NodeRoom(node);
  const { memory, disk } = room.free;
  switch (room.lack(claim.need)) {
    case 'node':
      return `${name} is offline`;
    case 'memory':
      return memory < claim.need.memory
        ? `${name} has ${formatBytes(Math.max(0, memory))} of memory left`
        : `${name} uses more memory than is declared`;
    case 'disk':
      return `${name} has ${formatBytes(Math.max(0, disk))} of disk left`;
    case 'port':
    case undefined:
      return claim.need.port === undefined ? `${name} is set aside` : `port ${claim.need.port} is taken on ${name}`;
  }
}

/** Who has instances on the nodes an object wants, our objects by key and priority, strangers by name. */
function inTheWay({ claim }: Stake, nodes: ReadonlyMap<string, NodeCapacity>, owners: ReadonlyMap<string, Stake>) {
  const others = new Map<string, number>();
  for (const node of claim.pool) {
    for (const { serviceId, serviceName } of nodes.get(node)?.instances ?? []) {
      const owner = owners.get(serviceId)?.claim;
      if (owner?.key === claim.key) continue;
      const who = owner === undefined ? `service ${serviceName}` : `${owner.key} (priority ${owner.priority})`;
      others.set(who, (others.get(who) ?? 0) + 1);
    }
  }
  return [...others].map(([who, count]) => (count === 1 ? who : `${who} with ${count} instances`));
}

/**
 * What an object lacks, where, who is in the way, and what is being done about it.
 *
 * @param owners - whose each platform service is
 */
export function describeShortage(
  stake: Stake,
  nodes: ReadonlyMap<string, NodeCapacity>,
  owners: ReadonlyMap<string, Stake>,
): string {
  const { claim } = stake;
  const what = `${stake.short} of ${claim.wanted} instances wait for room: each needs ${describeNeed(claim.need)}`;
  const where = some(claim.pool.map((name) => describeNode(name, stake, nodes.get(name))));
  const who = inTheWay(stake, nodes, owners);
  return [
    what,
    where,
    ...(who.length === 0 ? [] : [`in the way: ${some(who)}`]),
    ...(stake.steps.length === 0 ? [] : [some([...new Set(stake.steps)])]),
    ...(claim.mayPreempt ? [] : ['preemptionPolicy Never: it waits in line']),
  ].join('; ');
}
