// Names and the mark
export { canonicalJson } from './naming/canonical-json.js';
export { isShortHash, shortHash, shortHashLength } from './naming/short-hash.js';
export { identityOf, type ServiceIdentity } from './naming/service-identity.js';
export {
  maxServiceNameLength,
  parsePlatformServiceName,
  platformServiceName,
  serviceStem,
  type ParsedServiceName,
  type ServiceStem,
} from './naming/service-name.js';
export { restartAnnotation, templateHash, templateHashOf } from './naming/template-hash.js';
export { environmentOf, formatOwnerMark, ownerMarkOf, ownerVariable, parseOwnerMark } from './naming/owner-mark.js';

// Requests
export {
  fullPlacement,
  operatingSystemOf,
  toPlatformImage,
  toPlatformRequest,
  type ImageOptions,
  type Placement,
  type PlatformImage,
  type PlatformRequest,
  type PlatformRequestOptions,
} from './request/to-platform-request.js';
export { overlayConfig, type ConfigOverlay, type OverlayOptions } from './request/overlay-config.js';
export { describeNotExpressible, type NotExpressible } from './request/not-expressible.js';
export { describeDrift, driftKey, imageDrift, type Drift, type DriftOptions } from './request/drift.js';
export { adoptAnnotation, fromPlatformService, type ImportOptions } from './request/from-platform-service.js';

// Rollouts
export { rollingBounds, type RollingBounds } from './rollout/rolling-bounds.js';
export { proportionalSizes, type ScalingState } from './rollout/proportional-sizes.js';
export { departingNodes, type Departure } from './rollout/departing-nodes.js';
export {
  keepAvailable,
  nextCurrentSize,
  nextOldSizes,
  rollingStep,
  type InstanceSet,
  type RollingState,
  type RollingStep,
} from './rollout/rolling-step.js';
export { staticStep, type StaticState, type StaticStep } from './rollout/static-step.js';

// Plans
export { deletionPolicyAnnotation, plan, type Plan } from './plan/plan.js';
export {
  destroyCauses,
  updateCauses,
  type Action,
  type DestroyCause,
  type Need,
  type TargetRevision,
  type UpdateCause,
  type Wait,
} from './plan/action.js';
export {
  defaultPlatformFacts,
  type Avoidance,
  type Desired,
  type HealingRecord,
  type KnownRevision,
  type Now,
  type Observed,
  type PlatformFacts,
  type Problem,
} from './plan/desired.js';
export {
  recalled,
  revisionDataOf,
  type KeptHealing,
  type RevisionData,
  type RevisionLessons,
} from './plan/kept-revision.js';
export { oneOfEachRevision, type Family } from './plan/family.js';
export {
  availableInstances,
  isRunning,
  isUnhealthy,
  nextAvailableInMs,
  numbersProblem,
  observeDetail,
  observeRow,
  readyInstances,
  sizeOf,
  type InstanceFailure,
  type ObservedService,
} from './plan/observed-service.js';
export { expectCreated, expectUpdated, type WrittenService } from './plan/expected-service.js';
export { avoidanceMs, isUnwell } from './plan/plan-healing.js';
export { resolveStrategy, type ResolvedStrategy } from './plan/strategy.js';
export { targetRevision } from './plan/target.js';

// Capacity
export { allocate } from './capacity/allocate.js';
export { claimOf, saysItLacksRoom, type Claim, type ClaimOptions, type ClaimService } from './capacity/claim.js';
export { explainClaim, explainNode, roomColumns } from './capacity/explain.js';
export type { Eviction, Grant, Shortage } from './capacity/grant.js';
export { holdGrant } from './capacity/hold.js';
export { nodeCapacity, seenCounts, type NodeCapacity, type NodeInstance } from './capacity/node-capacity.js';
export { describeNeed, needOf, type InstanceNeed, type NeedOptions, type Resources } from './capacity/resources.js';
export { type MadeWay } from './capacity/room-condition.js';

// Status
export { wasStarted } from './status/dependencies.js';
export { conditionChange, status } from './status/status.js';
export { countInstances, type Counts } from './status/counts.js';
export { isComplete, isDeadlineExceeded, isProgress, progressMark, type ProgressMark } from './status/progress.js';

// Autoscaling
export {
  autoscale,
  idleReasons,
  scaleTargetOf,
  type AutoscaleDecision,
  type AutoscaleInput,
} from './autoscale/autoscale.js';
export {
  autoscalerStatus,
  isPressing,
  rescaleReason,
  type AutoscalerLook,
  type RescaleResult,
} from './autoscale/autoscaler-status.js';
export { containerFigures, cpuWarmUpMs, type ContainerFigures } from './autoscale/container-figures.js';
export {
  metricFailureReasons,
  metricName,
  readExternalMetric,
  readResourceMetric,
  type ExternalMetric,
  type MetricFailure,
  type MetricReading,
  type ResourceMetric,
} from './autoscale/metric-reading.js';
export type { InstanceSample, MetricGoal, MetricProposal } from './autoscale/metric-sample.js';
export {
  defaultTolerance,
  replicasForAverage,
  replicasForInstances,
  replicasForValue,
} from './autoscale/replica-calculator.js';
export {
  beginScaleHistory,
  withScaleEvent,
  type KnownChanges,
  type Recommendation,
  type ScaleEvent,
  type ScaleHistory,
} from './autoscale/scale-history.js';
export {
  resolveBehavior,
  scalingLimits,
  type LimitedReplicas,
  type ResolvedBehavior,
  type ResolvedRules,
} from './autoscale/scaling-behavior.js';
