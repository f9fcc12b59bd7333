import { imageTag } from '../image-reference.js';
import type { ECSMService, ECSMServiceSpec, RollingUpdate, UpdateStrategy } from './ecsm-service.js';

/** How long a rollout may stand still before it counts as failed; as a Deployment's. */
export const defaultProgressDeadlineSeconds = 600;
/** How many old revisions are kept; as a Deployment's. */
export const defaultRevisionHistoryLimit = 10;

/** Dynamic as a Deployment (25 % each), Static as a DaemonSet (no surge, one node at a time). */
function defaultRollingUpdate(spec: ECSMServiceSpec): RollingUpdate {
  return spec.deploymentStrategy.type === 'Static'
    ? { maxSurge: 0, maxUnavailable: 1 }
    : { maxSurge: '25%', maxUnavailable: '25%' };
}

function withUpdateStrategyDefaults(spec: ECSMServiceSpec): UpdateStrategy {
  const given = spec.updateStrategy ?? {};
  const type = given.type ?? 'RollingUpdate';
  return {
    minReadySeconds: 0,
    progressDeadlineSeconds: defaultProgressDeadlineSeconds,
    autoRollback: false,
    ...given,
    type,
    ...(type === 'RollingUpdate' ? { rollingUpdate: { ...defaultRollingUpdate(spec), ...given.rollingUpdate } } : {}),
  };
}

/** Fills in what the user left out of a service. */
export function applyServiceDefaults(service: ECSMService): ECSMService {
  const { spec } = service;
  const { template } = spec;
  return {
    ...service,
    spec: {
      upgradeStrategy: { type: 'Never' },
      revisionHistoryLimit: defaultRevisionHistoryLimit,
      paused: false,
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      ...spec,
      updateStrategy: withUpdateStrategyDefaults(spec),
      template: {
        ...template,
        imagePullPolicy:
          template.imagePullPolicy ?? (imageTag(template.image) === 'latest' ? 'Always' : 'IfNotPresent'),
        platformSpecific: { action: 'Run', ...template.platformSpecific },
      },
    },
  };
}
