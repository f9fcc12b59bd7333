import { candidateNodes, desiredReplicas, isStatusCurrent, serviceStatusWord, type ECSMService } from '@ecsm/api-types';

import { presentError } from '../cli/present-error.js';
import type { Invocation } from '../cli/invocation.js';
import { formatUptime } from '../output/age.js';
import type { Sections } from '../output/sections.js';
import { toYaml } from '../output/serialize.js';
import { hintIfNoOperator } from '../resources/operator-presence.js';
import { owns } from '../resources/ownership.js';
import type { PlatformView } from '../resources/platform-view.js';
import { revisionsOf } from '../resources/revisions-of.js';
import { describeConditions } from './describe-declared.js';
import { describeServiceRoom } from './describe-room.js';

function describeStrategy(sections: Sections, service: ECSMService): void {
  const { deploymentStrategy, updateStrategy, upgradeStrategy, dependsOn, paused, priority } = service.spec;
  sections
    .field('Strategy', deploymentStrategy.type)
    .list(deploymentStrategy.type === 'Static' ? 'Nodes' : 'Node Pool', candidateNodes(service))
    .field('Update', updateStrategy?.type)
    .optional('Max Surge', updateStrategy?.rollingUpdate?.maxSurge)
    .optional('Max Unavailable', updateStrategy?.rollingUpdate?.maxUnavailable)
    .optional('Upgrade', upgradeStrategy?.type)
    .optional('Paused', paused === true ? true : undefined)
    .optional('Priority', priority === 0 ? undefined : priority);
  if (dependsOn !== undefined && dependsOn.length > 0) {
    const own = service.metadata.namespace ?? 'default';
    sections.list(
      'Depends On',
      dependsOn.map(({ namespace, name }) => `${namespace ?? own}/${name}`),
    );
  }
}

function describeStatus(sections: Sections, service: ECSMService): void {
  const { status = {} } = service;
  const {
    replicas = 0,
    readyReplicas = 0,
    updatedReplicas = 0,
    availableReplicas = 0,
    unavailableReplicas = 0,
  } = status;
  sections
    .field(
      'Status',
      isStatusCurrent(service)
        ? serviceStatusWord(service)
        : `${serviceStatusWord(service)} (the operator has not seen the latest change yet)`,
    )
    .field(
      'Replicas',
      `${desiredReplicas(service)} desired | ${replicas} total | ${readyReplicas} ready | ${updatedReplicas} updated | ${availableReplicas} available | ${unavailableReplicas} unavailable`,
    )
    .field('Platform Id', status.underlyingServiceID)
    .field('Revision', status.currentRevision)
    .optional('Updating To', status.updateRevision === status.currentRevision ? undefined : status.updateRevision)
    .optional('Failed Revision', status.failedRevision)
    .field('Observed', status.statusObservedTime);
}

async function describeRevisions(invocation: Invocation, sections: Sections, service: ECSMService): Promise<void> {
  const own = await revisionsOf(invocation, service);
  sections.table(
    'Revisions',
    ['REVISION', 'NAME'],
    own.map((revision) => [String(revision.revision), revision.metadata.name]),
  );
}

/** The platform services of an object and their containers, as far as the platform answers in time. */
async function describePlatformSide(
  invocation: Invocation,
  platform: PlatformView,
  sections: Sections,
  service: ECSMService,
): Promise<void> {
  const { operatorId } = await invocation.settings();
  let seen;
  try {
    const services = (await platform.services()).filter((row) => owns(service, row, operatorId));
    const containers = await platform.containersOf(services);
    seen = { services, containers, nodes: await platform.nodes(candidateNodes(service)) };
  } catch (error) {
    if (invocation.signal.aborted) throw error;
    const { message = '' } = presentError(error);
    sections.field('Containers', `<unknown> (the platform does not answer: ${message})`);
    return;
  }
  const { services, containers, nodes } = seen;
  sections
    .table(
      'Platform Services',
      ['NAME', 'STATUS', 'ONLINE', 'DESIRED', 'ID'],
      services.map((row) => [row.name, row.status, String(row.instanceOnline), String(row.factor), row.id]),
    )
    .table(
      'Containers',
      ['NAME', 'STATUS', 'RESTARTS', 'NODE', 'UPTIME', 'MESSAGE'],
      containers.map((row) => [
        row.name,
        row.status,
        String(row.restartCnt),
        row.nodeName,
        formatUptime(row.uptime),
        row.failedMessage ?? '',
      ]),
    );
  describeServiceRoom(sections, service, services, nodes);
}

/** The part of a description that only services have. */
export async function describeService(
  invocation: Invocation,
  platform: PlatformView,
  sections: Sections,
  service: ECSMService,
): Promise<void> {
  describeStrategy(sections, service);
  sections.text('Template', await toYaml(service.spec.template));
  describeStatus(sections, service);
  // All above may be long out of date then.
  sections.optional('Operator', await hintIfNoOperator(invocation));
  describeConditions(sections, service.status?.conditions, invocation.clock.now());
  await describeRevisions(invocation, sections, service);
  await describePlatformSide(invocation, platform, sections, service);
}
