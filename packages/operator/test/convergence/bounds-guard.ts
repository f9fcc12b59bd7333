import { desiredReplicas, type ECSMServiceSpec } from '@ecsm/api-types';
import { resolveStrategy } from '@ecsm/planner';

import type { World } from '../helpers/world.js';

/** How many instances of one object run, and how many exist at all, on their way out or not. */
interface Census {
  readonly running: number;
  readonly existing: number;
}

/** What one state of an object allows. */
interface Bounds {
  readonly sinceMs: number;
  readonly least: number;
  readonly most: number;
  /** How many may exist when it is reached. */
  readonly atRest: number;
}

/** For how long an earlier state of an object may still be acted on: a run under way does not see the newest one. */
const supersededMs = 3000;

/**
 * Judges each call of the operator by what it does to the instances of its object: none may take away a running instance below
 * desired - maxUnavailable, and none may add one above desired + maxSurge.
 *
 * What others did is not held against the operator before two lists have shown it.
 */
export class BoundsGuard {
  readonly #world: World;
  readonly #names: readonly string[];
  readonly #bounds = new Map<string, readonly Bounds[]>();
  #disturbedAt = { ms: 0, lists: 0 };
  /** The first rule that was broken. */
  broken: Error | undefined;

  constructor(world: World, names: readonly string[]) {
    this.#world = world;
    this.#names = names;
    world.calls.around = (method) => {
      if (!/^services\.(create|update|delete|act)$/.test(method) || !this.#isQuiet()) return undefined;
      const before = new Map(names.map((name) => [name, this.#census(name)]));
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

  #isQuiet(): boolean {
    const { clock, calls, cluster } = this.#world;
    for (const node of cluster.state.nodes.values()) if (node.link !== 'up' || node.status !== 'online') return false;
    return clock.now() - this.#disturbedAt.ms > 12_000 && calls.lists > this.#disturbedAt.lists + 2;
  }

  #census(name: string): Census {
    const tasks = [...this.#world.cluster.state.services.values()]
      .filter((service) => service.name.startsWith(`${name}-`))
      .flatMap((service) => [...service.tasks]);
    return { running: tasks.filter(({ phase }) => phase === 'running').length, existing: tasks.length };
  }

  #judge(method: string, censuses: ReadonlyMap<string, Census>): void {
    const nowMs = this.#world.clock.now();
    for (const name of this.#names) {
      const all = this.#bounds.get(name) ?? [];
      const valid = all.filter((_, index) => nowMs - (all[index + 1]?.sinceMs ?? Infinity) < supersededMs);
      const least = Math.min(...valid.map((bounds) => bounds.least));
      const most = Math.max(...valid.map((bounds) => bounds.most));
      const before = censuses.get(name) ?? { running: 0, existing: 0 };
      const after = this.#census(name);
      const why = this.#world.actions.at(-1)?.reason ?? '';
      if (after.running < before.running && after.running < least) {
        this.broken ??= new Error(
          `${method} leaves ${after.running} of ${name} running after ${before.running}, ${least} must: ${why}`,
        );
      }
      if (after.existing > before.existing && after.existing > most) {
        this.broken ??= new Error(
          `${method} makes ${after.existing} of ${name} exist after ${before.existing}, ${most} may: ${why}`,
        );
      }
    }
  }
}

/** @param there - how many instances the states before may have left */
function boundsOf(spec: ECSMServiceSpec | undefined, there: number): Omit<Bounds, 'sinceMs'> {
  if (spec === undefined) return { least: 0, most: 0, atRest: 0 };
  const desired = desiredReplicas({ spec });
  const { type, bounds } = resolveStrategy({ spec });
  // What an update in place does is the platform's own affair.
  if (type === 'InPlace') return { least: 0, most: Infinity, atRest: desired };
  // A service that changes its nodes where no bounds are promised, and a Static one always, starts on all new ones at once, as a
  // DaemonSet does: beside as many as it had.
  const held = type === 'RollingUpdate' && spec.deploymentStrategy.type === 'Dynamic';
  return {
    least: held ? desired - bounds.unavailable : 0,
    most: desired + (held ? bounds.surge : Math.max(desired, there)),
    atRest: desired,
  };
}
