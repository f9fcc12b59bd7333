import type {
  Clientset,
  ConfigMapRow,
  ContainerRow,
  ImageRow,
  ListPage,
  MicroServiceRow,
  NodeRow,
  RecordRow,
  Registry,
  ServiceRow,
  TemplateSearchRow,
} from '@ecsm/ecsm-client';

import { UsageError } from '../cli/cli-error.js';
import { formatUptime } from '../output/age.js';
import { omit } from '../output/omit.js';
import {
  pageOrAll,
  type AllOptions,
  type PageOptions,
  type PlatformFilter,
  type PlatformKind,
} from './platform-kind.js';

/** Members of a filter that are set. */
type Given<K extends keyof PlatformFilter> = { [N in K]?: Exclude<PlatformFilter[N], undefined> };

function given<K extends keyof PlatformFilter>(filter: PlatformFilter, ...names: readonly K[]): Given<K> {
  const set = names.filter((name) => filter[name] !== undefined);
  return Object.fromEntries(set.map((name) => [name, filter[name]])) as Given<K>;
}

/** What lists the rows of one kind. */
interface Lister<Filter, Row> {
  list(filter: Filter, options: PageOptions): Promise<ListPage<Row>>;
  all(filter: Filter, options: AllOptions): AsyncIterable<Row>;
}

/** A list that takes these members of a filter as they are. */
function listBy<K extends keyof PlatformFilter, Row extends object>(
  clientOf: (platform: Clientset) => Lister<Given<K>, Row>,
  ...names: readonly K[]
): PlatformKind<Row>['list'] {
  return (platform, filter, options) => {
    const client = clientOf(platform);
    const narrowed = given(filter, ...names);
    return pageOrAll(
      options,
      (page) => client.list(narrowed, page),
      (all) => client.all(narrowed, all),
    );
  };
}

/** The edge computers that run containers. */
export const nodes: PlatformKind<NodeRow> = {
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  description: 'Edge computers that run containers.',
  filters: ['name', 'basic'],
  searchable: true,
  columns: [
    { heading: 'NAME', value: (node) => node.name },
    { heading: 'STATUS', value: (node) => node.status },
    { heading: 'ADDRESS', value: (node) => node.address },
    { heading: 'TYPE', value: (node) => node.type },
    { heading: 'ARCH', value: (node) => node.arch },
    {
      heading: 'CONTAINERS',
      value: (node) =>
        node.containerEcsmTotal === undefined
          ? undefined
          : `${node.containerEcsmRunning ?? 0}/${node.containerEcsmTotal}`,
    },
    { heading: 'CREATED', value: (node) => node.createdTime, wide: true },
    { heading: 'UPTIME', value: (node) => formatUptime(node.upTime) },
    { heading: 'ID', value: (node) => node.id, wide: true },
  ],
  idOf: (node) => node.id,
  nameOf: (node) => node.name,
  publish: (node) => omit(node, 'password'),
  list: (platform, filter, options) => {
    const { basic } = filter;
    const narrowed = { ...given(filter, 'name'), ...(basic === true ? { basicInfo: true } : {}) };
    return pageOrAll(
      options,
      (page) => platform.nodes.list(narrowed, page),
      (all) => platform.nodes.all(narrowed, all),
    );
  },
};

/** The images that services can run. */
export const images: PlatformKind<ImageRow> = {
  plural: 'images',
  singular: 'image',
  shortNames: ['img'],
  description: 'Images that services can run.',
  filters: ['name', 'os', 'author', 'registryId'],
  searchable: false,
  columns: [
    { heading: 'NAME', value: (image) => image.name },
    { heading: 'TAG', value: (image) => image.tag },
    { heading: 'OS', value: (image) => image.os },
    { heading: 'ARCH', value: (image) => image.arch },
    { heading: 'SIZE(MB)', value: (image) => Math.round(image.size * 100) / 100 },
    { heading: 'CREATED', value: (image) => image.createdTime.slice(0, 10) },
    { heading: 'AUTHOR', value: (image) => image.author, wide: true },
    { heading: 'ID', value: (image) => image.id, wide: true },
  ],
  idOf: (image) => image.id,
  nameOf: (image) => `${image.name}@${image.tag}#${image.os}`,
  otherNamesOf: (image) => [`${image.name}@${image.tag}`, image.name],
  list: listBy((platform) => platform.images, 'name', 'os', 'author', 'registryId'),
};

/** Groups of containers of one application. */
export const services: PlatformKind<ServiceRow> = {
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  description: 'Groups of containers of one application over several nodes.',
  filters: ['name', 'imageId', 'nodeId', 'pathLabel'],
  searchable: true,
  columns: [
    { heading: 'NAME', value: (service) => service.name },
    { heading: 'DEPLOY_STATUS', value: (service) => service.status },
    { heading: 'POLICY', value: (service) => service.policy },
    { heading: 'ONLINE', value: (service) => service.instanceOnline },
    { heading: 'DESIRED', value: (service) => service.factor },
    {
      heading: 'IMAGE',
      value: ({ imageList: [image] }) => (image === undefined ? undefined : `${image.name}@${image.tag}`),
    },
    { heading: 'NODES', value: (service) => service.nodeList.map((node) => node.nodeName).join(','), wide: true },
    { heading: 'UPDATED', value: (service) => service.updatedTime, wide: true },
    { heading: 'ID', value: (service) => service.id },
  ],
  idOf: (service) => service.id,
  nameOf: (service) => service.name,
  list: listBy((platform) => platform.services, 'name', 'imageId', 'nodeId', 'pathLabel'),
};

/** The running copies of services. */
export const containers: PlatformKind<ContainerRow> = {
  plural: 'containers',
  singular: 'container',
  shortNames: ['co'],
  description: 'Running copies of services.',
  filters: ['name', 'serviceId', 'nodeId'],
  searchable: true,
  columns: [
    { heading: 'NAME', value: (container) => container.name },
    { heading: 'STATUS', value: (container) => container.status },
    { heading: 'RESTARTS', value: (container) => container.restartCnt },
    { heading: 'IMAGE', value: (container) => `${container.imageName}@${container.imageVersion}` },
    { heading: 'SERVICE', value: (container) => container.serviceName },
    { heading: 'NODE', value: (container) => container.nodeName },
    { heading: 'UPTIME', value: (container) => formatUptime(container.uptime), wide: true },
    { heading: 'DEPLOY_STATUS', value: (container) => container.deployStatus, wide: true },
    { heading: 'TASK-ID', value: (container) => container.taskId, wide: true },
    { heading: 'ID', value: (container) => container.id, wide: true },
  ],
  idOf: (container) => container.taskId,
  nameOf: (container) => container.name,
  otherNamesOf: (container) => (container.id === '' ? [] : [container.id]),
  list: (platform, filter, options) => {
    const { serviceId, nodeId } = filter;
    const search = given(filter, 'name');
    const { containers: client } = platform;
    if (serviceId !== undefined) {
      const rows = pageOrAll(
        options,
        (page) => client.listByServices([serviceId], search, page),
        (all) => client.allByServices([serviceId], search, all),
      );
      // The platform takes one of the two filters in a request.
      return nodeId === undefined ? rows : onNode(rows, nodeId);
    }
    if (nodeId !== undefined) {
      return pageOrAll(
        options,
        (page) => client.listByNodes([nodeId], search, page),
        (all) => client.allByNodes([nodeId], search, all),
      );
    }
    if (options.page !== undefined) {
      throw new UsageError(
        '--page of containers needs --service or --node',
        'the platform has no list of all containers',
      );
    }
    const { pageSize, signal } = options;
    return client.ofAllServices({
      ...search,
      ...(pageSize === undefined ? {} : { pageSize }),
      ...(signal === undefined ? {} : { signal }),
    });
  },
};

async function* onNode(rows: AsyncIterable<ContainerRow>, nodeId: string): AsyncIterable<ContainerRow> {
  for await (const row of rows) if (row.nodeId === nodeId) yield row;
}

/** The places that hold images. */
export const registries: PlatformKind<Registry> = {
  plural: 'registries',
  singular: 'registry',
  shortNames: [],
  description: 'Places that hold images.',
  filters: [],
  searchable: false,
  columns: [
    { heading: 'NAME', value: (registry) => registry.name },
    { heading: 'IMAGES', value: (registry) => registry.images },
    { heading: 'ID', value: (registry) => registry.id },
  ],
  idOf: (registry) => registry.id,
  nameOf: (registry) => registry.name,
  list: async function* (platform, _filter, { signal }) {
    yield* await platform.registries.list(signal === undefined ? {} : { signal });
  },
};

/** Stored service definitions in a tree of folders. */
export const templates: PlatformKind<TemplateSearchRow> = {
  plural: 'templates',
  singular: 'template',
  shortNames: ['tmpl'],
  description: 'Stored service definitions in a tree of folders.',
  filters: ['name', 'pathLabel'],
  searchable: true,
  columns: [
    { heading: 'PATH', value: (template) => template.realpath },
    { heading: 'KIND', value: (template) => template.kind },
    { heading: 'UPDATED', value: (template) => template.updatedTime },
    { heading: 'ID', value: (template) => template.id },
  ],
  idOf: (template) => template.id,
  nameOf: (template) => template.realpath,
  otherNamesOf: (template) => [template.name],
  list: async function* (platform, { name, pathLabel }, { signal }) {
    const query = { ...(name === undefined ? {} : { key: name }), path: pathLabel ?? '/' };
    yield* await platform.templates.search(query, signal === undefined ? {} : { signal });
  },
};

/** The stored deployments of a service. */
export const records: PlatformKind<RecordRow> = {
  plural: 'records',
  singular: 'record',
  shortNames: ['rec'],
  description: 'Stored deployments of a service, to roll back to; name the service with --service.',
  filters: ['serviceId'],
  searchable: false,
  columns: [
    { heading: 'ID', value: (record) => record.id },
    { heading: 'NAME', value: (record) => record.name },
    { heading: 'IMAGE', value: (record) => record.image },
    { heading: 'CREATED', value: (record) => record.createdTime },
    { heading: 'COMMAND', value: (record) => record.cmd, wide: true },
  ],
  idOf: (record) => record.id,
  nameOf: (record) => record.id,
  list: (platform, { serviceId }, options) => {
    if (serviceId === undefined) {
      throw new UsageError('records belong to a service', 'name it: ecsmctl get records --service NAME');
    }
    return pageOrAll(
      options,
      (page) => platform.records.list(serviceId, page),
      (all) => platform.records.all(serviceId, all),
    );
  },
};

/** Typed values under a key. */
export const configMaps: PlatformKind<ConfigMapRow> = {
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  description: 'Typed values under a key.',
  filters: ['name'],
  searchable: true,
  columns: [
    { heading: 'NAME', value: (item) => item.key },
    { heading: 'TYPE', value: (item) => item.type },
    { heading: 'VALUE', value: (item) => (typeof item.value === 'string' ? item.value : JSON.stringify(item.value)) },
    { heading: 'ID', value: (item) => item.id, wide: true },
  ],
  idOf: (item) => item.id,
  nameOf: (item) => item.key,
  list: (platform, { name }, options) => {
    const narrowed = name === undefined ? {} : { key: name };
    return pageOrAll(
      options,
      (page) => platform.configMaps.list(narrowed, page),
      (all) => platform.configMaps.all(narrowed, all),
    );
  },
};

/** Services as their VSOA callers see them. */
export const microServices: PlatformKind<MicroServiceRow> = {
  plural: 'micro-services',
  singular: 'micro-service',
  shortNames: ['ms', 'microservices'],
  description: 'Services as their VSOA callers see them.',
  filters: ['name', 'imageId', 'nodeId', 'pathLabel'],
  searchable: true,
  columns: [
    { heading: 'NAME', value: (service) => service.name },
    { heading: 'IMAGE', value: (service) => service.imageName },
    { heading: 'HEALTHY', value: (service) => service.healthInstance },
    { heading: 'INSTANCES', value: (service) => service.instance },
    { heading: 'BALANCE', value: (service) => service.loadBalance },
    { heading: 'ID', value: (service) => service.id, wide: true },
  ],
  idOf: (service) => service.id,
  nameOf: (service) => service.name,
  list: listBy((platform) => platform.microServices, 'name', 'imageId', 'nodeId', 'pathLabel'),
};

/** All kinds of things that the platform has. */
export const platformKinds: readonly PlatformKind[] = [
  anyRow(nodes),
  anyRow(services),
  anyRow(containers),
  anyRow(images),
  anyRow(registries),
  anyRow(templates),
  anyRow(records),
  anyRow(configMaps),
  anyRow(microServices),
];

/** A kind without saying what its rows are: it is only ever given its own, so those who only pass them on need not know. */
export function anyRow<Row extends object>(kind: PlatformKind<Row>): PlatformKind {
  return kind as object as PlatformKind;
}
