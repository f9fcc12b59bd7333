// Objects
export type { ObjectMeta, OwnerReference, TypeMeta } from './object-meta.js';
export type { ApiObject, Manifest, ObjectList, SpecOf, StatusOf, Stored } from './api-object.js';
export { edit, type Draft } from './edit.js';
export { formatKey, keyOf, parseKey, type ObjectKey } from './object-key.js';
export { controllerOf, groupOf } from './owner-reference.js';
export {
  conditionStatuses,
  findCondition,
  isConditionTrue,
  removeCondition,
  setCondition,
  type Condition,
} from './condition.js';

// Kinds
export {
  apiVersionOf,
  defineKind,
  scopes,
  type KindDefinition,
  type KindOptions,
  type ObjectOf,
  type PrinterColumn,
  type ScaleSubresource,
  type ValidationContext,
} from './kind-definition.js';
export { Scheme, type AnyKind } from './scheme.js';
export type { JsonSchema } from './json-schema.js';
export type { SchemaValidator, SchemaViolation } from './schema-validator.js';

// The kinds of this product
export { ecsmScheme } from './kinds/ecsm-scheme.js';
export { ECSMService } from './kinds/ecsm-service-kind.js';
export {
  containerActions,
  deploymentStrategyTypes,
  imagePullPolicies,
  preemptionPolicies,
  updateStrategyTypes,
  upgradeStrategyTypes,
  type CountOrPercent,
  type DeploymentStrategy,
  type ECSMServiceSpec,
  type ECSMServiceStatus,
  type EnvVar,
  type PlatformSpecific,
  type ResourceLimits,
  type RollingUpdate,
  type RootSettings,
  type ServiceReference,
  type ServiceTemplate,
  type SylixosCpu,
  type SylixosDevice,
  type SylixosKernelObjects,
  type SylixosMemory,
  type SylixosNetwork,
  type SylixosSettings,
  type TargetPlatform,
  type UpdateStrategy,
  type VolumeMount,
  type VsoaHealthCheck,
  type VsoaSettings,
} from './kinds/ecsm-service.js';
export { defaultProgressDeadlineSeconds, defaultRevisionHistoryLimit } from './kinds/ecsm-service-defaults.js';
export {
  candidateNodes,
  desiredReplicas,
  isStatusCurrent,
  serviceStatusWord,
  serviceStatusWords,
  type ServiceStatusWord,
} from './kinds/ecsm-service-summary.js';
export { dependenciesOf, findCycle, findDependencyCycle } from './kinds/dependency-cycle.js';
export { ECSMHpa } from './kinds/ecsm-hpa-kind.js';
export {
  metricSourceTypes,
  metricTargetTypes,
  scalingPolicySelects,
  type CrossVersionObjectReference,
  type ECSMHpaSpec,
  type ECSMHpaStatus,
  type MetricSpec,
  type MetricStatus,
  type MetricTarget,
  type MetricValueStatus,
  type ScalingPolicy,
  type ScalingRules,
} from './kinds/ecsm-hpa.js';
export { Event, eventTimeToLiveMs } from './kinds/event-kind.js';
export { eventTypes, type InvolvedObject } from './kinds/event.js';
export { Lease } from './kinds/lease-kind.js';
export type { LeaseSpec } from './kinds/lease.js';
export { ControllerRevision } from './kinds/controller-revision-kind.js';

// Keeping track of many keys
export { KeyIndex, noSlot } from './key-index.js';

// Reading and writing objects
export {
  propagationPolicies,
  resourceVersionMatches,
  type AbortableOptions,
  type ApplyOptions,
  type ApplyResult,
  type CreateOptions,
  type DeleteCollectionOptions,
  type DeleteOptions,
  type DeleteResult,
  type GetOptions,
  type KeyOrName,
  type ListOptions,
  type ListWatch,
  type ObjectVersion,
  type Patch,
  type PatchOptions,
  type Preconditions,
  type PropagationPolicy,
  type ResourceClient,
  type ResourceClients,
  type ResourceReader,
  type Selectors,
  type UpdateOptions,
  type VersionList,
  type WatchOptions,
  type WriteOptions,
} from './resource-client.js';
export type { WatchEvent } from './watch-event.js';

// Failures
export {
  ApiError,
  describeDetails,
  errorReasons,
  isApiError,
  type ApiErrorOptions,
  type ErrorDetails,
  type ErrorReason,
} from './errors/api-error.js';
export { asError, hasBrand, isReadableError, messageOf } from './errors/thrown.js';
export { showBriefly, showValue } from './show-value.js';
export { AlreadyExistsError, isAlreadyExistsError } from './errors/already-exists-error.js';
export { BadRequestError, isBadRequestError } from './errors/bad-request-error.js';
export { ConflictError, isConflictError, type FieldConflict } from './errors/conflict-error.js';
export { ExpiredError, isExpiredError } from './errors/expired-error.js';
export { InternalError, isInternalError } from './errors/internal-error.js';
export { InvalidError, isInvalidError, type FieldError } from './errors/invalid-error.js';
export { NotFoundError, isNotFoundError } from './errors/not-found-error.js';
export { TimeoutError, isTimeoutError } from './errors/timeout-error.js';
export { TooLargeError, isTooLargeError } from './errors/too-large-error.js';
export { TooManyRequestsError, isTooManyRequestsError } from './errors/too-many-requests-error.js';
export { UnavailableError, isUnavailableError } from './errors/unavailable-error.js';

// Selectors, names and values
export { matchesLabels, parseLabelSelector, type LabelRequirement, type LabelSelector } from './label-selector.js';
export { matchesFields, parseFieldSelector, type FieldRequirement, type FieldSelector } from './field-selector.js';
export { parsePath, readPath } from './field-path.js';
export {
  checkLabelName,
  checkLabelValue,
  checkQualifiedName,
  checkSubdomainName,
  maxAnnotationBytes,
  maxLabelLength,
  maxObjectBytes,
  maxSubdomainLength,
} from './names.js';
export { bytesPerMebibyte, checkQuantity, parseQuantity } from './quantity.js';
export { checkCountOrPercent, resolveCountOrPercent } from './count-or-percent.js';
export { formatImageReference, imageTag, parseImageReference, type ImageReference } from './image-reference.js';

// Time
export type { Clock, Timer, TimerOptions } from './clock.js';
export { sharedAbortController } from './shared-abort-controller.js';
export { untilAborted } from './until-aborted.js';
export { sleep, slept, type SleepOptions } from './sleep.js';
export { didYouMean, nearestWord } from './nearest-word.js';
export { checkOptions, must, required, type OptionRule, type OptionRules } from './check-options.js';
export { withoutCredentials } from './without-credentials.js';
export { systemClock } from './system-clock.js';
