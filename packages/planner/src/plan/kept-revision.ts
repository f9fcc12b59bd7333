import { isConditionTrue, type ControllerRevision, type ECSMService, type ServiceTemplate } from '@ecsm/api-types';

import type { Desired, KnownRevision } from './desired.js';
import { targetRevision } from './target.js';

/** How patient an operator has become with a revision, for the next one. */
export interface KeptHealing {
  readonly attempts: number;
  readonly lastAttemptTime: string;
}

/** What was learned of the platform in carrying a revision out. */
export interface RevisionLessons {
  /** Values the platform stores in the place of what it is sent, by `driftKey`. */
  readonly tolerated?: readonly string[];
  /** Attempts to heal that have not helped for good. */
  readonly healing?: KeptHealing;
}

/** What a ControllerRevision of a service holds in its `data`. */
export interface RevisionData extends RevisionLessons {
  readonly template: ServiceTemplate;
  readonly hash: string;
  /** Image that the platform's own upgrade has put in the place of the template's. */
  readonly upgradedTo?: string;
}

/** Reads what a kept revision holds. */
export function revisionDataOf(revision: ControllerRevision): RevisionData {
  return revision.data as Readonly<Record<string, unknown>> & RevisionData;
}

/**
 * The part of {@link Desired} that the operator remembers, read from what it has stored: without it a plan knows neither the
 * revision that a failed rollout has returned to nor what is the platform's way rather than a change by hand.
 *
 * @param kept - the object's own ControllerRevisions, oldest first
 *
 * @example
 * ```ts
 * const { explanation } = plan({ service, operatorId, ...recalled(service, kept) }, observed, now);
 * ```
 */
export function recalled(
  service: ECSMService,
  kept: readonly ControllerRevision[],
): Pick<Desired, 'revisions' | 'toleratedDrift' | 'platform'> {
  const data = kept.map(revisionDataOf);
  const revisions: readonly KnownRevision[] = data;
  const { hash } = targetRevision({ service, operatorId: '', revisions });
  const restartsAll = isConditionTrue(service.status?.conditions, 'ScaleRestarts');
  return {
    revisions,
    toleratedDrift: new Set(data.find((each) => each.hash === hash)?.tolerated),
    ...(restartsAll ? { platform: { putRestarts: 'all' } } : {}),
  };
}
