import { formatImageReference } from '@ecsm/api-types';
import type { ContainerRow, ServiceDetail, ServiceRow } from '@ecsm/ecsm-client';

/** An instance that failed, in the platform's words. */
export interface InstanceFailure {
  readonly nodeName: string;
  readonly message: string;
}

/** What is known of one platform service. */
export interface ObservedService {
  readonly id: string;
  readonly name: string;
  /** Whether the platform is still at work on it. */
  readonly deploying: boolean;
  readonly policy: string;
  /** Instances asked for, as the platform reports it. */
  readonly factor: number;
  /** Names of its nodes. */
  readonly nodes: readonly string[];
  /** Image reference as the platform reports it. */
  readonly image: string;
  /** Platform time without a zone; good only for ordering services of one platform. */
  readonly createdTime: string;
  /** One word per container that exists. */
  readonly containerStatuses: readonly string[];
  /** Instances up and running. */
  readonly online: number;
  readonly failures: readonly InstanceFailure[];
  /** Whether it declares a health check that it failed when its detail was last read. */
  readonly unhealthy?: boolean | undefined;
  /** Its detail, if it was just read. */
  readonly detail?: ServiceDetail;
  /** Its containers, where they were read. */
  readonly containers?: readonly ContainerRow[];
  /**
   * For each instance online, since when at least that many have been online: milliseconds of observed time, ascending.
   * Absent when nothing is known of the past.
   */
  readonly onlineSince?: readonly number[] | undefined;
  /** Instances that may have yet to end although no look has shown them beside those to come; right after a write of ours. */
  readonly ending?: number | undefined;
  /** Whose mark it carries, as read once from its detail; `null` for none, `undefined` for not read yet. */
  readonly mark?: string | null | undefined;
  /** Whether it has been told to go and is still there. */
  readonly leaving?: boolean | undefined;
}

/** More instances than any service has: what lies beyond is a mistake, such as -1 in a number without a sign. */
const mostInstances = 100_000;

/** What is wrong with the numbers that the platform tells of a service, if they cannot be planned with. */
export function numbersProblem(service: Pick<ServiceRow, 'factor' | 'instanceOnline' | 'policy'>): string | undefined {
  // What the factor of a Static service says is of no use to anybody.
  const fields = service.policy === 'static' ? (['instanceOnline'] as const) : (['factor', 'instanceOnline'] as const);
  const wrong = fields.find((field) => {
    const value = service[field];
    return !Number.isInteger(value) || value < 0 || value > mostInstances;
  });
  return wrong === undefined ? undefined : `${wrong} is ${service[wrong]}, not a number of instances`;
}

/** What the list alone says of a service. */
export function observeRow(row: ServiceRow): ObservedService {
  const [image] = row.imageList;
  return {
    id: row.id,
    name: row.name,
    deploying: row.status === 'deploying',
    policy: row.policy,
    factor: row.factor,
    nodes: row.nodeList.map(({ nodeName }) => nodeName),
    image: image === undefined ? '' : formatImageReference(image),
    createdTime: row.createdTime,
    containerStatuses: row.containerStatusGroup,
    online: row.instanceOnline,
    failures: (row.errorInstance ?? []).map(({ nodeName, message }) => ({ nodeName, message })),
  };
}

/** What the detail alone says of a service; it does not tell failures. */
export function observeDetail(detail: ServiceDetail): ObservedService {
  return {
    id: detail.id,
    name: detail.name,
    deploying: detail.status === 'deploying',
    policy: detail.policy,
    factor: detail.factor,
    nodes: detail.node?.names ?? detail.nodeList.map(({ nodeName }) => nodeName),
    image: detail.image.ref,
    createdTime: detail.createdTime,
    containerStatuses: detail.containerStatusGroup,
    online: detail.instanceOnline,
    failures: [],
    unhealthy: (detail.image.vsoa?.healthPath ?? '') !== '' && !detail.healthy,
    detail,
  };
}

/** How many instances are wanted of a platform service as it stands. */
export function sizeOf(service: ObservedService): number {
  return service.policy === 'static' ? service.nodes.length : service.factor;
}

/** Whether the service declares a health check and fails it. */
export function isUnhealthy(service: ObservedService): boolean {
  return service.unhealthy === true && !service.deploying && service.online > 0;
}

/** Instances online and, where a health check is declared, healthy. */
export function readyInstances(service: ObservedService): number {
  return isUnhealthy(service) ? 0 : Math.min(service.online, service.containerStatuses.length || service.online);
}

/** Whether a container runs, by the platform's word for it. */
export function isRunning({ status }: Pick<ContainerRow, 'status'>): boolean {
  return status.toLowerCase() === 'running';
}

/** Whether nothing is left of a container that takes time to end. */
export function hasEnded({ status }: Pick<ContainerRow, 'status'>): boolean {
  return status.toLowerCase() === 'exited';
}

/**
 * Instances that may be ready for all we know: right after a write of ours whatever goes counts as lost, though it may be what
 * did not run, and what starts may have come up since the last look.
 */
export function possiblyReadyInstances(service: ObservedService): number {
  if (isUnhealthy(service)) return 0;
  const up = service.containers?.filter(isRunning).length ?? 0;
  return Math.max(readyInstances(service), service.onlineSince?.length ?? 0, up);
}

/** Instances that have been ready for `minReadyMs` of observed time. */
export function availableInstances(service: ObservedService, minReadyMs: number, observedMs: number): number {
  const ready = readyInstances(service);
  if (minReadyMs === 0) return ready;
  const long = (service.onlineSince ?? []).filter((sinceMs) => observedMs - sinceMs >= minReadyMs).length;
  return Math.min(ready, long);
}

/** Milliseconds until one more instance will have been ready for long enough, if any is on the way. */
export function nextAvailableInMs(
  service: ObservedService,
  minReadyMs: number,
  observedMs: number,
): number | undefined {
  const waits = (service.onlineSince ?? [])
    .map((sinceMs) => minReadyMs - (observedMs - sinceMs))
    .filter((ms) => ms > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}
