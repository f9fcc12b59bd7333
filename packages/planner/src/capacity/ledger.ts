import type { Now } from '../plan/desired.js';
import type { NodeCapacity } from './node-capacity.js';
import { NodeRoom } from './node-room.js';
import { describeNeed } from './resources.js';
import { describeMadeWay } from './room-condition.js';
import type { Stake } from './stake.js';
import { chooseVictims } from './victims.js';

/** How long a node of the pool may be away before others are made to give way: observed milliseconds. */
const nodeGraceMs = 15_000;

/**
 * How long who made way keeps away from where that was while the other one still waits: milliseconds. The room was counted out
 * for the other; should the count have been wrong, nobody is sent to and fro.
 */
const owedMs = 600_000;

/** The room on all nodes while grants are worked out: what is free now, and what will be once everything leaving is gone. */
export class Ledger {
  readonly #stakes: ReadonlyMap<string, Stake>;
  readonly #stakesOn = new Map<string, Stake[]>();
  /** Those that give up an instance already, nobody knows where. */
  readonly #giving: readonly Stake[];
  readonly #free = new Map<string, NodeRoom>();
  readonly #future = new Map<string, NodeRoom>();
  readonly #now: Now;

  constructor(stakes: readonly Stake[], nodes: ReadonlyMap<string, NodeCapacity>, now: Now) {
    this.#stakes = new Map(stakes.map((stake) => [stake.claim.key, stake]));
    this.#giving = stakes.filter(({ surplus }) => surplus > 0);
    this.#now = now;
    for (const stake of stakes) {
      for (const node of stake.present) this.#stakesOn.set(node, [...(this.#stakesOn.get(node) ?? []), stake]);
    }
    for (const node of nodes.values()) {
      const free = new NodeRoom(node);
      const present = this.#stakesOn.get(node.name) ?? [];
      for (const stake of present) {
        const here = stake.on(node.name).length + stake.leavingFrom(node.name).length;
        for (let each = 0; each < here; each++) free.takePort(stake.claim.need.port);
      }
      const future = free.copy();
      for (const stake of present) {
        for (const instance of stake.leavingFrom(node.name)) future.release(instance, stake.claim.need.port);
      }
      this.#free.set(node.name, free);
      this.#future.set(node.name, future);
    }
  }

  /** Gives an object the room it lacks: what is free, what becomes free, or what others have to leave. */
  serve(stake: Stake): void {
    const { claim } = stake;
    if (stake.outside !== undefined) return;
    let missing = Math.max(0, claim.wanted - stake.held - (claim.onePerNode ? stake.lost : 0));
    // Giving up one of several on a node and getting another one elsewhere cannot be said in one update.
    const still = stake.eviction !== undefined && stake.eviction.leaves === undefined;
    while (missing > 0 && !still && this.#place(stake)) missing--;
    while (missing > 0 && this.#await(stake)) missing--;
    if (missing > 0 && stake.awaited === 0 && this.#mayPreempt(stake) && this.#preempt(stake)) missing--;
    stake.short = missing + stake.awaited;
  }

  /** Nodes that could take one more instance of an object, in the order in which the platform would choose. */
  #candidates(stake: Stake, rooms: ReadonlyMap<string, NodeRoom>): readonly NodeRoom[] {
    const { claim, placed } = stake;
    const count = (node: string): number => stake.on(node).length + placed.filter((name) => name === node).length;
    return claim.pool
      .flatMap((name) => rooms.get(name) ?? [])
      .filter(({ name }) => !claim.onePerNode || count(name) === 0)
      .filter(({ name }) => name !== stake.eviction?.leaves && !this.#isOwed(stake, name))
      .sort((a, b) => count(a.name) - count(b.name) || a.fullness - b.fullness);
  }

  /** Whether a node is where an object has made way for one that still waits for it. */
  #isOwed({ claim }: Stake, node: string): boolean {
    const { madeWay } = claim;
    if (madeWay?.nodes.includes(node) !== true) return false;
    const agoMs = this.#now.wallMs - madeWay.sinceMs;
    // What was written while the clock was ahead binds nobody for as long as it was ahead.
    if (agoMs < 0 || agoMs >= owedMs) return false;
    const creditor = this.#stakes.get(madeWay.to);
    return (
      creditor !== undefined &&
      creditor.claim.priority > claim.priority &&
      creditor.short > 0 &&
      madeWay.nodes.every((each) => creditor.on(each).length === 0)
    );
  }

  #place(stake: Stake): boolean {
    const room = this.#candidates(stake, this.#free).find((each) => each.fits(stake.claim.need));
    if (room === undefined) return false;
    this.#reserve(room.name, stake);
    stake.placed.push(room.name);
    return true;
  }

  /** Waits for what is on its way out already, rather than have more go. */
  #await(stake: Stake): boolean {
    const room = this.#candidates(stake, this.#future).find((each) => each.fits(stake.claim.need));
    if (room === undefined) return false;
    this.#reserve(room.name, stake);
    stake.awaited++;
    stake.steps.push(`room is being made on ${room.name}`);
    return true;
  }

  #mayPreempt({ claim, eviction }: Stake): boolean {
    // Who makes way itself gets its turn when that is done.
    if (!claim.mayPreempt || eviction !== undefined) return false;
    // Somebody gives up an instance already, and where that was is about to show.
    if (this.#giving.some(({ nodes }) => nodes.some((node) => claim.pool.includes(node)))) return false;
    const away = claim.pool.some((node) => this.#free.get(node)?.online !== true);
    // A node that is merely starting anew brings its room back by itself.
    const { observedMs } = this.#now;
    return !away || observedMs - (claim.waitingSinceMs ?? observedMs) >= nodeGraceMs;
  }

  #preempt(stake: Stake): boolean {
    const found = chooseVictims(stake, this.#candidates(stake, this.#future), (node) => this.#stakesOn.get(node) ?? []);
    if (found === undefined) return false;
    const { claim } = stake;
    const { nodes } = found;
    const [node = ''] = nodes;
    const where = nodes.join(' or ');
    for (const { stake: victim, instances } of found.victims) {
      const { key, priority, need, wanted } = victim.claim;
      const leaves = nodes.length === 1 && victim.on(node).length === instances ? { leaves: node } : {};
      for (const instance of victim.give(node, instances)) this.#future.get(node)?.release(instance, need.port);
      const message = describeMadeWay(instances, wanted, claim, nodes, describeNeed(claim.need));
      victim.eviction = { to: claim.key, nodes, instances, ...leaves, message };
      stake.steps.push(`${key} (priority ${priority}) makes way on ${where}`);
    }
    // Where the platform has the choice, the room is counted on the first of the nodes until it shows.
    this.#reserve(node, stake);
    stake.awaited++;
    return true;
  }

  /** Sets room aside so that nobody of lower priority gets it. */
  #reserve(node: string, { claim }: Stake): void {
    this.#free.get(node)?.take(claim.need);
    this.#future.get(node)?.take(claim.need);
  }
}
