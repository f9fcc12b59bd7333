import type { ECSMService, ServiceTemplate } from '@ecsm/api-types';

import type { Grant } from '../capacity/grant.js';
import type { ObservedService } from './observed-service.js';

/** A state of a template that is kept to return to. */
export interface KnownRevision {
  /** Hash of the template. */
  readonly hash: string;
  readonly template: ServiceTemplate;
  /** Image that the platform's own upgrade has put in the place of the template's. */
  readonly upgradedTo?: string;
}

/** What the platform at hand does where its documents are silent. */
export interface PlatformFacts {
  /** Which containers an update replaces: those whose definition changed, or all. */
  readonly putRestarts: 'changed' | 'all';
}

/** Until the contrary is seen. */
export const defaultPlatformFacts: PlatformFacts = { putRestarts: 'changed' };

/** Something that keeps an object from being carried out. */
export interface Problem {
  /** CamelCase word for the condition, such as `ImageNotFound`. */
  readonly reason: string;
  /** What is going on and what to do. */
  readonly message: string;
}

/** What shall be. */
export interface Desired {
  /** The object as it is stored. */
  readonly service: ECSMService;
  readonly operatorId: string;
  /** Kept revisions, oldest first; needed only to roll back. @defaultValue none */
  readonly revisions?: readonly KnownRevision[];
  /** Dependencies that are not Available, as `namespace/name`. @defaultValue none */
  readonly waitingFor?: readonly string[];
  /** The way by which the object depends on itself, as `namespace/name` from it back to it. @defaultValue it does not */
  readonly cycle?: readonly string[];
  /** What the cluster's capacity grants this object, where it has not room for all of it. @defaultValue no limit */
  readonly grant?: Grant;
  /** Values that this platform is known to store in the place of what it was sent, by `driftKey`: they are no drift. */
  readonly toleratedDrift?: ReadonlySet<string>;
  /** @defaultValue {@link defaultPlatformFacts} */
  readonly platform?: PlatformFacts;
}

/** What is. */
export interface Observed {
  /** Platform services that may belong to the object: by stem, and the adopted one. */
  readonly services: readonly ObservedService[];
  /** Why the last attempt to act failed, until one succeeds. */
  readonly problem?: Problem;
  /** Why the platform cannot be reached; absent while it answers. */
  readonly unreachable?: Problem;
  /** When the observation was made: wall-clock milliseconds. */
  readonly observedAtMs: number;
  /** Observed time of the last progress of the rollout: milliseconds. */
  readonly progressedAtMs?: number;
  /** Attempts to heal each platform service, by id. */
  readonly healing?: ReadonlyMap<string, HealingRecord>;
  /** Nodes that platform services stay away from, by id. */
  readonly avoided?: ReadonlyMap<string, Avoidance>;
  /** Instances wanted when the platform was last brought in line; without it no change of the number is noticed. */
  readonly wantedBefore?: number;
}

/** Nodes a platform service has left because its instances there were beyond help. */
export interface Avoidance {
  readonly nodes: readonly string[];
  /** Observed time at which they may be tried again: milliseconds. */
  readonly untilMs: number;
}

/** What has been done to heal a platform service. */
export interface HealingRecord {
  /** Observed time since which it has been unwell: milliseconds. */
  readonly unwellSinceMs: number;
  /** Observed time since which it is well again, but not for long enough to forget: milliseconds. */
  readonly wellSinceMs?: number;
  readonly attempts: number;
  /** How many of them were made before it was well for a while: what may help is tried from the beginning. */
  readonly attemptsBefore?: number;
  /** Observed time of the last attempt: milliseconds. */
  readonly lastAttemptMs?: number;
}

/** The moment a plan is made for. */
export interface Now {
  /** Wall-clock milliseconds, for timestamps. */
  readonly wallMs: number;
  /** Milliseconds during which the platform was observed; stands still in an outage. */
  readonly observedMs: number;
}
