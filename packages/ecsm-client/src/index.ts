// The platform, resource by resource
export { createClientset } from './clientset/create-clientset.js';
export type { ClientsetOptions, RestClientset } from './clientset/create-clientset.js';
export { collect } from './clientset/collect.js';
export type { Clientset } from './clientset/clientset.js';
export type { CallOptions, GetOptions } from './clientset/call-options.js';
export { SeenPages } from './clientset/seen-pages.js';
export type { BadRow, Listing, ListOptions, ListPage, PageOptions } from './clientset/list.js';
export type { ServiceFilter, ServicesClient } from './clientset/services-client.js';
export type { AllContainersOptions, ContainerFilter, ContainersClient } from './clientset/containers-client.js';
export type { NodeByName, NodeDeleteResult, NodeFilter, NodesClient } from './clientset/nodes-client.js';
export type {
  ImageCountFilter,
  ImageFilter,
  ImagesClient,
  RegistriesClient,
  Registry,
} from './clientset/images-client.js';
export type { CreatedTemplate, TemplatesClient } from './clientset/templates-client.js';
export type { RecordsClient } from './clientset/records-client.js';
export type { ConfigMapFilter, ConfigMapsClient } from './clientset/configmaps-client.js';
export type {
  MicroServiceFilter,
  MicroServiceInstanceFilter,
  MicroServicesClient,
} from './clientset/micro-services-client.js';
export type { NodeMetricsRange, OverviewClient } from './clientset/overview-client.js';

// Any request of the platform
export { RestClient } from './rest/rest-client.js';
export type { RestClientOptions, RetryOptions, TlsOptions } from './rest/rest-client-options.js';
export { RestRequest, restVerbs } from './rest/rest-request.js';
export type { RestVerb } from './rest/rest-request.js';
export { RestResult } from './rest/rest-result.js';
export type { Decoder } from './rest/rest-result.js';
export type { QueryValue } from './internal/path-segments.js';
export { platformUrl } from './rest/platform-url.js';
export type { PlatformAddress } from './rest/platform-url.js';

// What can be watched
export { clientMetrics } from './rest/client-metrics.js';
export type { ClientMetricDefinition, ClientMetricName, ClientMetricsSink } from './rest/client-metrics.js';
export type { AttemptEvent } from './rest/attempt-event.js';

// What can go wrong
export { clientErrorCodes, EcsmClientError } from './errors/ecsm-client-error.js';
export type { ClientErrorCode, FailedCall } from './errors/ecsm-client-error.js';
export { isEcsmClientError, isNotFoundError, isOutcomeUnknownError } from './errors/is-client-error.js';
export { OutcomeUnknownError } from './errors/outcome-unknown-error.js';
export { ApiError, apiErrorReasons } from './errors/api-error.js';
export type { ApiErrorReason, ApiFailure } from './errors/api-error.js';
export { apiErrorReason } from './rest/api-error-reason.js';
export { InvalidCallError } from './errors/invalid-call-error.js';
export { ConnectionFailedError } from './errors/connection-failed-error.js';
export { ConnectionLostError } from './errors/connection-lost-error.js';
export { CallTimeoutError, callPhases } from './errors/call-timeout-error.js';
export type { CallPhase } from './errors/call-timeout-error.js';
export { ClientClosedError } from './errors/client-closed-error.js';
export { UnreadableAnswerError } from './errors/unreadable-answer-error.js';
export type { UnreadableAnswer } from './errors/unreadable-answer-error.js';
export { HttpStatusError } from './errors/http-status-error.js';
export { EmptyAnswerError } from './errors/empty-answer-error.js';
export { HtmlAnswerError } from './errors/html-answer-error.js';
export { MalformedJsonError } from './errors/malformed-json-error.js';
export { WrongContentTypeError } from './errors/wrong-content-type-error.js';
export { NullDataError } from './errors/null-data-error.js';
export { UnexpectedAnswerError } from './errors/unexpected-answer-error.js';
export { AnswerTooLargeError } from './errors/answer-too-large-error.js';

// What goes over the wire
export type { Envelope } from './wire/envelope.js';
export type { Page, PageQuery } from './wire/page.js';
export type { OpenString } from './wire/open-string.js';
export { transactionStatuses } from './wire/transaction.js';
export type { Transaction, TransactionStatus } from './wire/transaction.js';
export {
  autoUpgrades,
  pullPolicies,
  serviceActions,
  serviceImageActions,
  servicePolicies,
  serviceStatuses,
} from './wire/service.js';
export type {
  AutoUpgrade,
  CreateServiceRequest,
  DeleteByPathRow,
  DeleteServiceData,
  DeployTemplatesRequest,
  PullPolicy,
  RollbackServiceRequest,
  ServiceAction,
  ServiceActionData,
  ServiceActionRequest,
  ServiceDetail,
  ServiceErrorInstance,
  ServiceImage,
  ServiceImageAction,
  ServiceListQuery,
  ServiceNode,
  ServiceNodes,
  ServicePathRequest,
  ServicePolicy,
  ServiceRow,
  ServiceStatus,
  ServiceSummary,
  ServiceWriteData,
  UpdateServiceRequest,
  VsoaSettings,
} from './wire/service.js';
export { containerActions, containerStatuses } from './wire/container.js';
export type {
  ActionHistoryQuery,
  ActionHistoryRow,
  ContainerAction,
  ContainerActionRequest,
  ContainerRow,
  ContainersByNodeQuery,
  ContainersByServiceQuery,
  ContainerStatus,
  ServiceContainersActionRequest,
} from './wire/container.js';
export { nodeStatuses } from './wire/node.js';
export type {
  DeleteNodesData,
  NodeByNameData,
  NodeDeleteConflict,
  NodeDetail,
  NodeListQuery,
  NodeNetworkUsage,
  NodeRow,
  NodeStatus,
  NodeStatusData,
  NodeStatusWord,
  NodeTypeChange,
  RegisterNodeRequest,
  UpdateNodeRequest,
} from './wire/node.js';
export type {
  NodeMetricsNetwork,
  NodeMetricsQuery,
  NodeMetricsSample,
  NodeView,
  NodeViewContainer,
  NodeViewService,
} from './wire/overview.js';
export type { ImageConfigData, ImageCount, ImageDetail, ImageListQuery, ImageRow, ImageSummary } from './wire/image.js';
export type {
  DockerImageConfig,
  EcsDevice,
  EcsImageConfig,
  EcsKernelObjectLimits,
  EcsMount,
  EcsResources,
  EcsSylixos,
  ImageConfig,
} from './wire/image-config.js';
export { templateKinds, templateTreeModels } from './wire/template.js';
export type {
  CreateTemplateFolderData,
  CreateTemplateFolderRequest,
  CreateTemplatesData,
  CreateTemplatesRequest,
  DeleteTemplatesRequest,
  MoveTemplateRequest,
  Template,
  TemplateDeployResult,
  TemplateIdData,
  TemplateKind,
  TemplateSearchQuery,
  TemplateSearchRow,
  TemplateSpec,
  TemplateTreeModel,
  TemplateTreeNode,
  TemplateTreeQuery,
  UpdateTemplateData,
  UpdateTemplateImagesByIdRequest,
  UpdateTemplateImagesByNameRequest,
  UpdateTemplateImagesRow,
  UpdateTemplateRequest,
} from './wire/template.js';
export type { RecordDetail, RecordListQuery, RecordRow } from './wire/record.js';
export { configMapTypes } from './wire/configmap.js';
export type {
  ConfigMapListQuery,
  ConfigMapRow,
  ConfigMapType,
  CreateConfigMapRequest,
  UpdateConfigMapRequest,
} from './wire/configmap.js';
export { loadBalances } from './wire/micro-service.js';
export type {
  LoadBalance,
  LoadBalanceDetail,
  MicroServiceDetail,
  MicroServiceInstanceQuery,
  MicroServiceInstanceRow,
  MicroServiceListQuery,
  MicroServiceRow,
  UpdateMicroServiceRequest,
} from './wire/micro-service.js';
