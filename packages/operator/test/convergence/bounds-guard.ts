import { desiredReplicas, type ECSMServiceSpec } from '@ecsm/api-types';
import { formatOwnerMark, ownerMarkOf, resolveStrategy } from '@ecsm/planner';

import type { World } from '../helpers/world.js';
import type { ForeignServices } from './foreign-services.js';

/** An instance of an object, on its way out or not. */
interface Instance {
  readonly node: string;
  readonly running: boolean;
  readonly isStatic: boolean;
}

/** What one state of an object allows. */
interface Bounds {
  readonly sinceMs: number;
  readonly least: number;
  readonly most: number;
  /** Where instances count while all are of Static services; anywhere without it. */
  readonly nodes?: readonly string[];
  /** How many may exist when it is reached. */
  readonly atRest: number;
}

/** For how long an earlier state of an object may still be acted on: a run under way does not see the newest one. */
const supersededMs = 3000;

/**
 * Judges each call of the operator by what it does to the instances of its object: none may take away a running instance below
 * desired - maxUnavailable, and none may add one above desired + maxSurge.
 *
 * What others did is not held against the operator before two lists have shown it; nor is the loss or return of a node,
 * counted from when the platform has noticed.
 */
export class BoundsGuard {
  readonly #world: World;
  readonly #foreign: ForeignServices;
  readonly #names: readonly string[];
  readonly #bounds = new Map<string, readonly Bounds[]>();
  #disturbedAt = { ms: 0, lists: 0 };
  #nodes = '';
  /** Calls that were judged. */
  judged = 0;
  /** The first rule that was broken. */
  broken: Error | undefined;

  constructor(world: World, foreign: ForeignServices, names: readonly string[]) {
    this.#world = world;
    this.#foreign = foreign;
    this.#names = names;
    world.calls.around = (method) => {
      this.look();
      if (!/^services\.(create|update|delete|act)$/.test(method) || !this.#isQuiet()) return undefined;
      const before = new Map(names.map((name) => [name, this.#instances(name)]));
      return () => this.#judge(method, before);
    };
  }

  /** An object asks for something else from now on; `undefined` for a deleted one, of which nothing need be left. */
  asked(name: string, spec: ECSMServiceSpec | undefined): void {
    const nowMs = this.#world.clock.now();
    const known = (this.#bounds.get(name) ?? []).filter((_, index, all) => {
      const next = all[index + 1];
      return next === undefined || nowMs - next.sinceMs < supersededMs;
    });
    const there = Math.max(0, ...known.map(({ atRest }) => atRest));
    this.#bounds.set(name, [...known, { sinceMs: nowMs, ...boundsOf(spec, there) }]);
  }

  /** Somebody else does something to the cluster. */
  disturbed(): void {
    this.#disturbedAt = { ms: this.#world.clock.now(), lists: this.#world.calls.lists };
  }

  /** Looks whether a node has come or gone. */
  look(): void {
    const nodes = [...this.#world.cluster.state.nodes.values()].map(({ link, status }) => `${link} ${status}`).join();
    if (nodes !== this.#nodes) this.disturbed();
    this.#nodes = nodes;
  }

  #isQuiet(): boolean {
    const { clock, calls, cluster } = this.#world;
    // Between a node's loss and the moment it is noticed the platform itself is wrong.
    for (const { link, status } of cluster.state.nodes.values())
      if ((link === 'up') !== (status === 'online')) return false;
    return clock.now() - this.#disturbedAt.ms > 12_000 && calls.lists > this.#disturbedAt.lists + 2;
  }

  /** The instances of an object; its services are known by their mark, also under a name that somebody has given them. */
  #instances(name: string): readonly Instance[] {
    const mark = formatOwnerMark({ operatorId: 'default', namespace: 'default', name });
    return [...this.#world.cluster.state.services.values()]
      .filter(({ id, image }) => ownerMarkOf(image.config) === mark && !this.#foreign.has(id))
      .flatMap((service) => [...service.tasks])
      .map(({ phase, node, service }) => ({
        node: node.name,
        running: phase === 'running' && node.link === 'up',
        isStatic: service.policy === 'static',
      }));
  }

  #judge(method: string, instances: ReadonlyMap<string, readonly Instance[]>): void {
    this.judged++;
    const nowMs = this.#world.clock.now();
    for (const name of this.#names) {
      const all = this.#bounds.get(name) ?? [];
      const valid = all.filter((_, index) => nowMs - (all[index + 1]?.sinceMs ?? Infinity) < supersededMs);
      const before = instances.get(name) ?? [];
      const after = this.#instances(name);
      const problems = valid.map((bounds) => problemOf(bounds, before, after));
      const problem = problems.at(-1);
      if (problem === undefined || problems.includes(undefined)) continue;
      this.broken ??= new Error(`${method} makes ${problem} of ${name}: ${this.#world.actions.at(-1)?.reason ?? ''}`);
    }
  }
}

/** What of the bounds a change of an object's instances breaks, if anything. */
function problemOf(bounds: Bounds, before: readonly Instance[], after: readonly Instance[]): string | undefined {
  // A service that was Dynamic hands over by numbers, since nobody knows its nodes.
  const nodes = [...before, ...after].every(({ isStatic }) => isStatic) ? bounds.nodes : undefined;
  const [from, to] = [count(nodes, before), count(nodes, after)];
  if (to.running < from.running && to.running < bounds.least) {
    return `${to.running} run after ${from.running}, ${bounds.least} must,`;
  }
  if (to.existing > from.existing && to.existing > bounds.most) {
    return `${to.existing} exist after ${from.existing}, ${bounds.most} may,`;
  }
  return undefined;
}

/** Counts instances, or for a Static service its nodes, and beside them those on which it stands twice. */
function count(
  nodes: readonly string[] | undefined,
  instances: readonly Instance[],
): { readonly running: number; readonly existing: number } {
  const running = instances.filter((instance) => instance.running);
  if (nodes === undefined) return { running: running.length, existing: instances.length };
  const there = instances.map(({ node }) => node).filter((node) => nodes.includes(node));
  const runs = running.map(({ node }) => node).filter((node) => nodes.includes(node));
  return { running: new Set(runs).size, existing: nodes.length + there.length - new Set(there).size };
}

/** @param there - how many instances the states before may have left */
function boundsOf(spec: ECSMServiceSpec | undefined, there: number): Omit<Bounds, 'sinceMs'> {
  if (spec === undefined) return { least: 0, most: 0, atRest: 0 };
  const desired = desiredReplicas({ spec });
  const { type, bounds } = resolveStrategy({ spec });
  // What an update in place does is the platform's own affair.
  if (type === 'InPlace') return { least: 0, most: Infinity, atRest: desired };
  const { deploymentStrategy } = spec;
  if (type === 'RollingUpdate') {
    const held = { least: desired - bounds.unavailable, most: desired + bounds.surge, atRest: desired };
    // Nodes that a Static service no longer names are given up at once, as a DaemonSet does.
    return deploymentStrategy.type === 'Static' ? { ...held, nodes: deploymentStrategy.nodes ?? [] } : held;
  }
  // Where no bounds are promised a service may start on all new nodes at once, beside as many as it had.
  return { least: 0, most: desired + Math.max(desired, there), atRest: desired };
}
