import { ECSMHpa, type Clock, type ECSMService } from '@ecsm/api-types';
import type { Logger, Manager } from '@ecsm/controller-runtime';
import type { Clientset } from '@ecsm/ecsm-client';
import { formatOwnerMark, identityOf, readyInstances, type ObservedService } from '@ecsm/planner';

import { KeyStream } from '../internal/key-stream.js';
import type { PlatformObserver } from '../platform/platform-observer.js';
import { boundIds, servicesOf } from '../platform/services-of.js';
import { ContainerSampler } from './container-sampler.js';
import { ExternalMetrics } from './external-metrics.js';
import { HpaReconciler } from './hpa-reconciler.js';
import type { MetricSource } from './metric-source.js';
import { TargetClaims } from './target-claims.js';

/** Options of {@link addAutoscaling}. */
export interface AutoscalingOptions {
  readonly clientset: Clientset;
  readonly observer: PlatformObserver;
  readonly operatorId: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** @defaultValue `15_000`, as in Kubernetes */
  readonly periodMs?: number;
  /** @defaultValue none */
  readonly sources?: readonly MetricSource[];
}

const defaultPeriodMs = 15_000;
/** Runs wait for metric sources most of the time, so many may wait at once. */
const concurrency = 16;

/** Adds the controller of autoscalers, and what looks at containers for it, to a manager. */
export function addAutoscaling(manager: Manager, options: AutoscalingOptions): void {
  const { clientset, observer, operatorId, clock, log, periodMs = defaultPeriodMs, sources = [] } = options;
  const keys = new KeyStream();
  const claims = new TargetClaims();
  const sampler = new ContainerSampler({
    clientset,
    clock,
    log,
    periodMs,
    reachability: () => observer.reachability,
    onSample: (wanted) => {
      for (const key of wanted) keys.push(key, 'there are new figures');
    },
  });
  const stayingServicesOf = (target: ECSMService): readonly ObservedService[] => {
    const ids = boundIds(target);
    const ownMark = formatOwnerMark(identityOf(target, operatorId));
    return servicesOf(target, observer, operatorId).filter(
      ({ id, mark, leaving }) => leaving !== true && (mark === ownMark || ids.includes(id)),
    );
  };
  manager
    .controller('ecsmhpa')
    .for(ECSMHpa, { changed: ['spec'] })
    .watches(ECSMHpa, (hpa) => claims.claim(hpa), { changed: ['spec'] })
    .trigger((stream) => keys.read(stream), { name: 'figures' })
    .options({ concurrency })
    .reconcile(
      new HpaReconciler({
        sampler,
        externals: new ExternalMetrics(sources, clock),
        claims,
        clock,
        periodMs,
        observedMs: () => observer.observedMs,
        serviceIdsOf: (target) => stayingServicesOf(target).map(({ id }) => id),
        readyInstancesOf: (target) => stayingServicesOf(target).reduce((sum, each) => sum + readyInstances(each), 0),
      }),
    );
  manager.add(async ({ signal }) => sampler.run(signal), { name: 'container figures' });
}
