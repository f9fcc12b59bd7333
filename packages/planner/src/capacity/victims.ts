import type { NodeRoom } from './node-room.js';
import type { Stake } from './stake.js';

/** The stakes with instances on a node, highest priority first. */
export type StakesOn = (node: string) => readonly Stake[];

/** Instances that one object would give up on a node. */
export interface Victim {
  readonly stake: Stake;
  readonly instances: number;
}

/** A way to make room. */
export interface Preemption {
  /** Where; several when any of them will do and the platform chooses. */
  readonly nodes: readonly string[];
  readonly victims: readonly Victim[];
}

/** The least an object can give up on a node at once. */
interface Unit {
  readonly stake: Stake;
  readonly instances: number;
}

/** Units of which every combination is looked at; with more, the best ones are taken one by one. */
const exactUpTo = 12;

/** What a choice of victims costs; the first number that differs decides, the smaller wins. */
type Cost = readonly [violations: number, instances: number, highest: number, sum: number, oldest: number];

/** How many instances an object would lose beyond what its update strategy lets it miss. */
function violationsOf({ claim }: Stake, instances: number): number {
  const spare = claim.available - (claim.wanted - claim.mayMiss);
  return Math.max(0, instances - Math.max(0, spare));
}

function merged(units: readonly Unit[]): readonly Victim[] {
  const counts = new Map<Stake, number>();
  for (const { stake, instances } of units) counts.set(stake, (counts.get(stake) ?? 0) + instances);
  return [...counts].map(([stake, instances]) => ({ stake, instances }));
}

function costOf(victims: readonly Victim[]): Cost {
  let violations = 0;
  let instances = 0;
  let highest = -Infinity;
  let sum = 0;
  let oldest = Infinity;
  for (const victim of victims) {
    const { priority, createdMs } = victim.stake.claim;
    violations += violationsOf(victim.stake, victim.instances);
    instances += victim.instances;
    sum += priority * victim.instances;
    if (priority > highest) oldest = Infinity;
    highest = Math.max(highest, priority);
    if (priority === highest) oldest = Math.min(oldest, createdMs);
  }
  return [violations, instances, highest, sum, -oldest];
}

function isCheaper(a: Cost, b: Cost): boolean {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}

/** What lower priorities could give up on a node. */
function unitsOn(node: string, preemptor: Stake, stakesOn: StakesOn): readonly Unit[] {
  const units: Unit[] = [];
  for (const stake of stakesOn(node)) {
    const here = stake.on(node).length;
    if (here === 0 || !mayTake(preemptor, stake) || !stake.canLeave(node)) continue;
    if (stake.isAllOn(node)) for (let each = 0; each < here; each++) units.push({ stake, instances: 1 });
    // No call ends one chosen instance: on several nodes the object has to leave this one altogether.
    else units.push({ stake, instances: here });
  }
  return units;
}

function roomWithout(room: NodeRoom, node: string, units: readonly Unit[]): NodeRoom {
  const without = room.copy();
  for (const { stake, instances } of merged(units)) {
    for (const instance of stake.on(node).slice(-instances)) without.release(instance, stake.claim.need.port);
  }
  return without;
}

/** The cheapest units that make room, from every combination of a few. */
function bestCombination(
  units: readonly Unit[],
  suffices: (chosen: readonly Unit[]) => boolean,
): readonly Unit[] | undefined {
  let best: { readonly units: readonly Unit[]; readonly cost: Cost } | undefined;
  for (let mask = 1; mask < 1 << units.length; mask++) {
    const chosen = units.filter((_, index) => (mask & (1 << index)) !== 0);
    const cost = costOf(merged(chosen));
    if (best !== undefined && !isCheaper(cost, best.cost)) continue;
    if (suffices(chosen)) best = { units: chosen, cost };
  }
  return best?.units;
}

/** Units that make room, taken cheapest first, without those that turn out not to be needed. */
function goodCombination(
  units: readonly Unit[],
  suffices: (chosen: readonly Unit[]) => boolean,
): readonly Unit[] | undefined {
  const chosen: Unit[] = [];
  for (const unit of units) {
    chosen.push(unit);
    if (suffices(chosen)) break;
  }
  if (!suffices(chosen)) return undefined;
  for (const unit of [...chosen].reverse()) {
    const others = chosen.filter((each) => each !== unit);
    if (suffices(others)) chosen.splice(chosen.indexOf(unit), 1);
  }
  return chosen;
}

/** A choice and what it costs. */
interface Choice {
  readonly preemption: Preemption;
  readonly cost: Cost;
}

/**
 * An object on several nodes that need not leave any of them, since room for one instance less is enough wherever that is: no
 * call ends one chosen instance.
 */
function anywhere(preemptor: Stake, rooms: readonly NodeRoom[], stakesOn: StakesOn): Choice | undefined {
  let best: Choice | undefined;
  for (const stake of new Set(rooms.flatMap(({ name }) => stakesOn(name)))) {
    if (!mayTake(preemptor, stake) || stake.claim.onePerNode || stake.elsewhere > 0) continue;
    const { nodes } = stake;
    const enough = nodes.every((node) => {
      const room = rooms.find(({ name }) => name === node);
      return room !== undefined && roomWithout(room, node, [{ stake, instances: 1 }]).surelyFits(preemptor.claim.need);
    });
    if (!enough || nodes.length < 2) continue;
    const victims = [{ stake, instances: 1 }];
    const cost = costOf(victims);
    if (best === undefined || isCheaper(cost, best.cost)) best = { preemption: { nodes, victims }, cost };
  }
  return best;
}

/** Whether an object has to make way for another, as far as priorities go. */
function mayTake(preemptor: Stake, stake: Stake): boolean {
  return stake.eviction === undefined && stake.claim.priority < preemptor.claim.priority;
}

/**
 * Who has to give up instances so that one more of `preemptor` fits on one of the nodes: never one of equal or higher
 * priority; as far as possible only what an object may miss by its own update strategy; then the fewest, then those of the
 * lowest priority, then of the youngest objects. `undefined` when nothing that may be taken would be enough.
 *
 * @param rooms - the room on each node once everything is gone that is on its way out
 */
export function chooseVictims(
  preemptor: Stake,
  rooms: readonly NodeRoom[],
  stakesOn: StakesOn,
): Preemption | undefined {
  const { need } = preemptor.claim;
  let best = anywhere(preemptor, rooms, stakesOn);
  for (const room of rooms) {
    if (!room.online) continue;
    const units = [...unitsOn(room.name, preemptor, stakesOn)].sort((a, b) => {
      return isCheaper(costOf([a]), costOf([b])) ? -1 : 1;
    });
    const suffices = (chosen: readonly Unit[]): boolean => roomWithout(room, room.name, chosen).surelyFits(need);
    if (units.length === 0 || !suffices(units)) continue;
    const chosen = units.length <= exactUpTo ? bestCombination(units, suffices) : goodCombination(units, suffices);
    if (chosen === undefined) continue;
    const victims = merged(chosen);
    const cost = costOf(victims);
    if (best === undefined || isCheaper(cost, best.cost)) best = { preemption: { nodes: [room.name], victims }, cost };
  }
  return best?.preemption;
}
