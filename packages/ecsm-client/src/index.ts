// The platform, resource by resource
export type { Clientset } from './clientset/clientset.js';
export type { CallOptions } from './clientset/call-options.js';
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
