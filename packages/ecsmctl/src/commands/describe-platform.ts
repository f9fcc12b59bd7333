import type {
  Clientset,
  ImageConfig,
  ImageDetail,
  ImageRow,
  NodeRow,
  ServiceRow,
  ContainerRow,
} from '@ecsm/ecsm-client';
import { collect } from '@ecsm/ecsm-client';

import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import { presentError } from '../cli/present-error.js';
import { exitCodes } from '../cli/exit-code.js';
import type { describeFlags } from '../definitions/describe.js';
import { formatUptime } from '../output/age.js';
import { gibibytes, mebibytes, percent, share, used } from '../output/figures.js';
import { maskSecrets } from '../output/mask.js';
import { Sections } from '../output/sections.js';
import { toYaml } from '../output/serialize.js';
import { findRow } from '../resources/find-row.js';
import type { PlatformKind } from '../resources/platform-kind.js';
import { ownerOf } from '../resources/ownership.js';
import { describeEvents } from './describe-events.js';
import { describeNodeRoom } from './describe-room.js';

/** A call whose failure costs one line of the description, not the whole. */
async function orReason<T>(call: Promise<T>): Promise<T | { readonly reason: string }> {
  try {
    return await call;
  } catch (error) {
    return { reason: presentError(error).message ?? 'unknown' };
  }
}

function isReason(value: unknown): value is { readonly reason: string } {
  return typeof value === 'object' && value !== null && 'reason' in value;
}

function ofWhole(part: number | undefined, whole: number | undefined): string {
  return `${mebibytes(part)} of ${mebibytes(whole)} (${share(part, whole)})`;
}

async function describeNode(
  invocation: Invocation,
  platform: Clientset,
  node: NodeRow,
  showEvents: boolean,
): Promise<string> {
  const { signal } = invocation;
  const sections = new Sections();
  sections
    .field('Name', node.name)
    .field('ID', node.id)
    .field('Status', node.status)
    .field('Type', node.type)
    .field('Arch', node.arch)
    .field('Address', node.address)
    .field('TLS', node.tls)
    .field('Created', node.createdTime);
  const detail = await orReason(platform.nodes.get(node.id, { signal }));
  if (!isReason(detail)) sections.optional('ECSD Version', detail.ecsdVersion);
  // An offline node may have no figures at all.
  const status = await orReason(platform.nodes.status([node.id], { signal }));
  const [figures] = isReason(status) ? [] : status;
  if (figures === undefined) {
    sections.field(
      'Metrics',
      isReason(status) ? `<unknown> (${status.reason})` : '<unknown> (the node sends no figures)',
    );
  } else {
    sections.block('Metrics', (block) =>
      block
        .field('Uptime', formatUptime(figures.uptime))
        .field('CPU', percent(figures.cpuUsage?.total))
        .field('Memory', ofWhole(used(figures.memoryTotal, figures.memoryFree), figures.memoryTotal))
        .field('Disk', share(used(figures.diskTotal, figures.diskFree), figures.diskTotal))
        .field('Containers', `${figures.containerEcsmRunning ?? '?'} running of ${figures.containerEcsmTotal ?? '?'}`)
        .field('Processes', figures.processCount),
    );
  }
  const containers = await orReason(collect(platform.containers.allByNodes([node.id], {}, { signal })));
  if (isReason(containers)) sections.field('Containers', `<unknown> (${containers.reason})`);
  else {
    if (figures !== undefined) describeNodeRoom(sections, node.name, figures, containers);
    sections.table(
      'Containers',
      ['NAME', 'STATUS', 'SERVICE', 'ID'],
      containers.map((row) => [row.name, row.status, row.serviceName, row.taskId]),
    );
  }
  if (showEvents) await describeNodeEvents(invocation, sections, node);
  return sections.render();
}

/** What an operator has told of a node; nothing where there is no registry to ask. */
async function describeNodeEvents(invocation: Invocation, sections: Sections, { name }: NodeRow): Promise<void> {
  try {
    await describeEvents(invocation, sections, { fieldSelector: 'involvedObject.kind=Node', uid: `Node:${name}` });
  } catch (error) {
    invocation.log.info('no registry to ask what happened to the node', { cause: String(error) });
  }
}

async function describeConfig(sections: Sections, config: ImageConfig | null): Promise<void> {
  if (config === null) sections.field('Configuration', undefined);
  else sections.text('Configuration', await toYaml(maskSecrets(config)));
}

/** What the platform tells of one image. */
export async function imageDetail(invocation: Invocation, { id }: ImageRow, registryId: string): Promise<ImageDetail> {
  const platform = await invocation.platform();
  return platform.registries.image(registryId, id, { signal: invocation.signal });
}

/** Everything about an image, with the configuration that services start from. */
export async function describeImage(detail: ImageDetail): Promise<string> {
  const sections = new Sections()
    .field('Name', detail.name)
    .field('ID', detail.id)
    .field('Tag', detail.tag)
    .field('Path', detail.path)
    .field('OS/Arch', `${detail.os}/${detail.arch}`)
    .field('Size', `${detail.size} MB`)
    .field('Created', detail.createdTime)
    .optional('Author', detail.author)
    .field('OCI Version', detail.ociVersion)
    .field('Pulled', detail.pulled)
    .optional('Hostname', detail.hostname);
  await describeConfig(sections, detail.config);
  return sections.render();
}

async function describeService(invocation: Invocation, platform: Clientset, row: ServiceRow): Promise<string> {
  const { signal } = invocation;
  const detail = await platform.services.get(row.id, { signal });
  const owner = await ownerOf(invocation, detail);
  const containers = await orReason(collect(platform.containers.allByServices([row.id], {}, { signal })));
  const { image, nodeList } = detail;
  const sections = new Sections()
    .field('Name', detail.name)
    .field('ID', detail.id)
    .field('Deploy Status', detail.status)
    .field('Healthy', detail.healthy)
    .field('Created', detail.createdTime)
    .field('Updated', detail.updatedTime)
    .optional('Owned By', owner === undefined ? undefined : `ecsmservice ${owner}`)
    .block('Deployment', (block) =>
      block
        .field('Policy', detail.policy)
        .field(
          'Replicas',
          `${detail.factor} desired | ${detail.instanceOnline} online | ${detail.instanceActive} active`,
        ),
    )
    .block('Image', (block) =>
      block
        .field('Reference', image.ref)
        .field('Action', image.action)
        .field('Pull Policy', image.pullPolicy)
        .field('Auto Upgrade', image.autoUpgrade),
    );
  if (image.vsoa !== undefined) sections.text('VSOA', await toYaml(maskSecrets(image.vsoa)));
  await describeConfig(sections, image.config);
  sections.table(
    'Nodes',
    ['NAME', 'ADDRESS', 'ID'],
    nodeList.map((node) => [node.nodeName, node.address, node.nodeId]),
  );
  const errors = row.errorInstance ?? [];
  if (errors.length > 0) {
    sections.table(
      'Failed Instances',
      ['NODE', 'STATUS', 'MESSAGE'],
      errors.map((each) => [each.nodeName, String(each.status), each.message]),
    );
  }
  if (isReason(containers)) return sections.field('Containers', `<unknown> (${containers.reason})`).render();
  return sections
    .table(
      'Containers',
      ['NAME', 'STATUS', 'RESTARTS', 'NODE', 'ID'],
      containers.map((each) => [each.name, each.status, String(each.restartCnt), each.nodeName, each.taskId]),
    )
    .render();
}

async function describeContainer(invocation: Invocation, platform: Clientset, row: ContainerRow): Promise<string> {
  const history = await orReason(platform.containers.history(row.taskId, { pageSize: 100, signal: invocation.signal }));
  const sections = new Sections()
    .field('Name', row.name)
    .field('ID', row.id)
    .field('Task ID', row.taskId)
    .field('Status', row.status)
    .field('Deploy Status', row.deployStatus)
    .optional('Failed Message', row.failedMessage)
    .field('Controlled By', `service ${row.serviceName} (${row.serviceId})`)
    .field('Node', `${row.nodeName} (${row.address})`)
    .field('Image', `${row.imageName}@${row.imageVersion}#${row.imageOS}`)
    .block('Runtime Info', (block) =>
      block
        .field('Started', row.startedTime)
        .field('Created', row.createdTime)
        .field('Uptime', formatUptime(row.uptime))
        .field('Restarts', row.restartCnt),
    )
    .block('Resource Usage', (block) =>
      block
        .field('CPU', percent(row.cpuUsage?.total))
        .field('Memory', `${mebibytes(row.memoryUsage)} of ${mebibytes(row.memoryLimit)}`)
        .field('Disk', `${gibibytes(row.sizeUsage)} of ${gibibytes(row.sizeLimit)}`),
    );
  if (isReason(history)) return sections.field('History', `<unknown> (${history.reason})`).render();
  return sections
    .table(
      'History',
      ['TIME', 'ACTION', 'USER'],
      history.rows.map((each) => [each.time, each.cmd, each.user]),
    )
    .render();
}

/** Everything about one thing of the platform. */
async function describeRow(
  invocation: Invocation,
  { plural, publish }: PlatformKind,
  row: object,
  flags: ValuesOf<typeof describeFlags>,
): Promise<string> {
  const platform = await invocation.platform();
  switch (plural) {
    case 'nodes':
      return describeNode(invocation, platform, row as NodeRow, flags['show-events']);
    case 'images':
      return describeImage(await imageDetail(invocation, row as ImageRow, flags['registry-id']));
    case 'services':
      return describeService(invocation, platform, row as ServiceRow);
    case 'containers':
      return describeContainer(invocation, platform, row as ContainerRow);
    default:
      return toYaml(maskSecrets(publish?.(row) ?? row));
  }
}

/** Descriptions of things of the platform, one after the other; what is missing is reported and skipped. */
export async function* describePlatform(
  invocation: Invocation,
  kind: PlatformKind,
  names: readonly string[] | undefined,
  flags: ValuesOf<typeof describeFlags>,
): AsyncIterable<string | { readonly missing: unknown }> {
  const platform = await invocation.platform();
  const { signal } = invocation;
  const filter = kind.plural === 'images' ? { registryId: flags['registry-id'] } : {};
  const wanted: readonly (string | object)[] = names ?? (await collect(kind.list(platform, filter, { signal })));
  for (const each of wanted) {
    try {
      const row = typeof each === 'string' ? await findRow(platform, kind, each, { signal, filter }) : each;
      yield await describeRow(invocation, kind, row, flags);
    } catch (error) {
      // What was listed a moment ago may be gone too.
      if (presentError(error).exitCode !== exitCodes.notFound) throw error;
      yield { missing: error };
    }
  }
}
