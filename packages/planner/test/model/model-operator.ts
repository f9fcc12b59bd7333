import { desiredReplicas, type ECSMService, type ECSMServiceSpec } from '@ecsm/api-types';

import {
  allocate,
  avoidanceMs,
  claimOf,
  isUnwell,
  plan,
  resolveStrategy,
  type Action,
  type Avoidance,
  type Claim,
  type Grant,
  type HealingRecord,
  type ObservedService,
  type Plan,
} from '../../src/index.js';
import { desired, now, webService } from '../helpers.js';
import { ModelPlatform, type ModelInstance } from './model-platform.js';

/** The most plans made in a row; each follows from what the one before has done. */
const maxRounds = 6;

/** How many instances run and exist, of those that count. */
interface Count {
  readonly running: number;
  readonly existing: number;
}

/** Who else wants room: nobody, nobody who lacks any, or somebody ahead who waits. */
export type Rival = 'none' | 'content' | 'waiting';

/** An operator without wire, store and time: it plans one object, acts, and holds each action against the object's bounds. */
export class ModelOperator {
  readonly platform: ModelPlatform;
  readonly #nodes: readonly string[];
  service: ECSMService = webService(1);
  rival: Rival = 'none';
  /** Whether images cannot be found, so that nothing can be created. */
  imageless = false;
  observedMs = now.observedMs;
  readonly log: string[] = [];
  #healing = new Map<string, HealingRecord>();
  readonly #avoided = new Map<string, Avoidance>();
  #wantedBefore: number | undefined;
  /** Looks until it is held against us again what runs and exists. */
  #excused = 0;

  constructor(nodes: readonly string[]) {
    this.#nodes = nodes;
    this.platform = new ModelPlatform(nodes);
  }

  /** The user asks for something else. */
  edit(spec: ECSMServiceSpec): void {
    const generation = (this.service.metadata.generation ?? 0) + 1;
    this.service = { ...this.service, spec, metadata: { ...this.service.metadata, generation } };
  }

  /** Something happens that is none of our doing. */
  disturb(what: () => void): void {
    what();
    this.#excused = 2;
  }

  /** Looks at the platform. */
  look(): void {
    this.platform.look(this.observedMs);
    this.#excused--;
  }

  /** Time passes. */
  pass(ms: number): void {
    this.observedMs += ms;
    this.platform.tick();
  }

  /** Plans and acts until there is nothing to do but wait; tells the last plan. */
  run(): Plan {
    for (let round = 0; ; round++) {
      const next = this.#plan();
      if (next.actions.length === 0 || round === maxRounds) {
        if (next.actions.length === 0) this.#wantedBefore = next.wanted;
        return next;
      }
      for (const action of next.actions) {
        if (this.imageless && action.type === 'create') return next;
        this.#act(action);
      }
      this.#wantedBefore = next.wanted;
    }
  }

  #plan(): Plan {
    const readings = new Map<string, Pick<ObservedService, 'containers'>>();
    const grant = this.#grant();
    this.#noteHealth();
    for (let look = 0; ; look++) {
      const services = this.platform.known.map((each) => ({ ...each, ...readings.get(each.id) }));
      const next = plan(
        desired(this.service, grant === undefined ? {} : { grant }),
        {
          services,
          observedAtMs: now.wallMs,
          healing: this.#healing,
          avoided: this.#avoided,
          ...(this.#wantedBefore === undefined ? {} : { wantedBefore: this.#wantedBefore }),
        },
        { wallMs: now.wallMs, observedMs: this.observedMs },
      );
      const due = next.needs.filter(({ id }) => !readings.has(id));
      if (due.length === 0) return next;
      if (look > 4) throw new Error('it asks for ever more');
      for (const { id } of due) readings.set(id, { containers: this.platform.containersOf(id) });
    }
  }

  #grant(): Grant | undefined {
    if (this.rival === 'none') return undefined;
    const claim = claimOf(this.service, this.platform.known, { seen: { memory: 1, disk: 0 } });
    const other: Claim = {
      ...claim,
      key: 'default/rival',
      priority: 1,
      mayPreempt: false,
      pool: this.#nodes,
      onePerNode: false,
      wanted: 1,
      need: { memory: 1000, disk: 0 },
      services: [],
    };
    // The model's platform has no ports.
    const mine = { ...claim, need: { memory: 1, disk: 0 } };
    const claims = this.rival === 'waiting' ? [mine, other] : [mine];
    return allocate(claims, this.platform.capacities(1), now).get(claim.key);
  }

  #noteHealth(): void {
    for (const service of this.platform.known) {
      const record = this.#healing.get(service.id);
      if (isUnwell(service, true)) {
        if (record === undefined) this.#healing.set(service.id, { unwellSinceMs: this.observedMs, attempts: 0 });
      } else if (!service.deploying) this.#healing.delete(service.id);
    }
  }

  #act(action: Action): void {
    const before = this.platform.instances.map((each) => ({ ...each }));
    const policies = this.#policies();
    this.platform.execute(action, this.observedMs);
    this.log.push(`${action.type} ${action.reason}`);
    if (action.type === 'act' || (action.type === 'update' && action.cause === 'Heal')) this.#noteHealing(action);
    const isStatic = [...policies, ...this.#policies()].every((policy) => policy === 'static');
    const problem = this.#problem(before, isStatic);
    if (problem !== undefined && this.#excused <= 0) throw new Error(`${problem}: ${action.reason}`);
  }

  #noteHealing(action: Extract<Action, { type: 'act' | 'update' }>): void {
    const record = this.#healing.get(action.id) ?? { unwellSinceMs: this.observedMs, attempts: 0 };
    this.#healing.set(action.id, { ...record, attempts: record.attempts + 1, lastAttemptMs: this.observedMs });
    if (action.type !== 'update' || action.leaves === undefined) return;
    this.#avoided.set(action.id, { nodes: action.leaves, untilMs: this.observedMs + avoidanceMs });
  }

  #policies(): readonly string[] {
    return [...this.platform.services.values()]
      .filter(({ instances }) => instances.length > 0)
      .map(({ policy }) => policy);
  }

  /** What of the bounds a change of the instances breaks, if anything. */
  #problem(before: readonly ModelInstance[], isStatic: boolean): string | undefined {
    const { type, bounds } = resolveStrategy(this.service);
    if (type !== 'RollingUpdate') return undefined;
    const wanted = desiredReplicas(this.service);
    const { deploymentStrategy } = this.service.spec;
    const nodes = isStatic && deploymentStrategy.type === 'Static' ? deploymentStrategy.nodes : undefined;
    const [from, to] = [this.#count(before, nodes), this.#count(this.platform.instances, nodes)];
    const [least, most] = [wanted - bounds.unavailable, wanted + bounds.surge];
    if (to.running < from.running && to.running < least) {
      return `${to.running} run after ${from.running}, ${least} must`;
    }
    if (to.existing > from.existing && to.existing > most) {
      return `${to.existing} exist after ${from.existing}, ${most} may`;
    }
    return undefined;
  }

  /** Counts instances, or for a Static service its nodes, and beside them those on which it stands twice. */
  #count(instances: readonly ModelInstance[], nodes: readonly string[] | undefined): Count {
    const running = instances.filter((each) => this.platform.isRunning(each));
    if (nodes === undefined) return { running: running.length, existing: instances.length };
    const there = instances.map(({ node }) => node).filter((node) => nodes.includes(node));
    const runs = running.map(({ node }) => node).filter((node) => nodes.includes(node));
    return { running: new Set(runs).size, existing: nodes.length + there.length - new Set(there).size };
  }
}
