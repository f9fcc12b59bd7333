import { platformServiceName, serviceStem } from '../naming/service-name.js';
import { shortHash } from '../naming/short-hash.js';
import { identityOf, type ServiceIdentity } from '../naming/service-identity.js';
import type { Action, DestroyCause, Need, TargetRevision, UpdateCause, Wait } from './action.js';
import { defaultPlatformFacts, type Desired, type HealingRecord, type Now, type Observed } from './desired.js';
import type { Family } from './family.js';
import type { Instances } from './instances.js';
import type { ObservedService } from './observed-service.js';
import type { ResolvedStrategy } from './strategy.js';

/** A change of a platform service, in terms of what differs. */
export interface Change {
  readonly rename?: string;
  readonly nodes?: readonly string[];
  readonly factor?: number;
  readonly policy?: 'static' | 'dynamic';
  readonly image?: 'keep' | 'correct' | 'replace';
  readonly leaves?: readonly string[];
}

/** A plan in the making: everything the planning functions look at, and what they have decided so far. */
export class PlanDraft {
  readonly actions: Action[] = [];
  readonly waits: Wait[] = [];
  readonly needs: Need[] = [];
  readonly identity: ServiceIdentity;

  constructor(
    readonly desired: Desired,
    readonly observed: Observed,
    readonly now: Now,
    readonly target: TargetRevision,
    readonly family: Family,
    readonly instances: Instances,
    readonly strategy: ResolvedStrategy,
  ) {
    this.identity = identityOf(desired.service, desired.operatorId);
  }

  /** Instances to run now. */
  get wanted(): number {
    return this.instances.wanted;
  }

  /** The fewest available instances that an action of ours may leave. */
  get least(): number {
    return this.instances.asked - this.strategy.bounds.unavailable;
  }

  get isStatic(): boolean {
    return this.desired.service.spec.deploymentStrategy.type === 'Static';
  }

  /** Whether every change of a platform service restarts all of its instances. */
  get restartsAll(): boolean {
    return (this.desired.platform ?? defaultPlatformFacts).putRestarts === 'all';
  }

  /** The name under which the target revision runs. */
  get targetName(): string {
    return platformServiceName(this.identity, this.target.hash);
  }

  /** A name under which a service is one of an earlier revision, so that a rollout takes its place. */
  replacementName(service: ObservedService, why: string): string {
    const { readable, s8 } = serviceStem(this.identity);
    return `${readable}-${s8}-${shortHash(['replaced', service.id, why])}`;
  }

  healingOf(service: ObservedService): HealingRecord | undefined {
    return this.observed.healing?.get(service.id);
  }

  create(nodes: readonly string[], factor: number | undefined, reason: string): void {
    this.actions.push({
      type: 'create',
      name: this.targetName,
      revision: this.target,
      nodes,
      ...(factor === undefined ? {} : { factor }),
      reason,
    });
  }

  update(service: ObservedService, cause: UpdateCause, change: Change, reason: string): void {
    this.actions.push({
      type: 'update',
      id: service.id,
      name: service.name,
      image: 'keep',
      ...change,
      revision: this.target,
      cause,
      reason,
    });
  }

  destroy(service: ObservedService, cause: DestroyCause, reason: string): void {
    if (service.leaving === true) {
      this.wait('gone', `waiting until platform service ${service.name} is gone`);
      return;
    }
    this.actions.push({ type: 'destroy', id: service.id, name: service.name, cause, reason });
  }

  wait(type: Wait['type'], message: string, recheckMs?: number): void {
    this.waits.push({ type, message, ...(recheckMs === undefined ? {} : { recheckMs }) });
  }

  need(type: Need['type'], service: ObservedService): void {
    const what = type === 'detail' ? `what ${service.name} runs` : `where the instances of ${service.name} run`;
    this.needs.push({ type, id: service.id, message: `${what} must be read first` });
  }
}
