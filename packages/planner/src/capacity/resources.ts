import { bytesPerMebibyte, parseQuantity, type ServiceTemplate } from '@ecsm/api-types';

import { asRecord } from '../internal/json.js';

/** Memory and disk in bytes. */
export interface Resources {
  readonly memory: number;
  readonly disk: number;
}

/** What one instance takes from its node. */
export interface InstanceNeed extends Resources {
  /** A port of the node that no other instance may have. */
  readonly port?: number;
}

/** Bytes of a quantity, rounded up to the platform's unit as a request to it is. */
function bytesOf(quantity: string | undefined): number | undefined {
  if (quantity === undefined) return undefined;
  return Math.ceil(parseQuantity(quantity) / bytesPerMebibyte) * bytesPerMebibyte;
}

/** A limit of an image's own configuration, where it has one. */
function configured(config: unknown, resource: 'memory' | 'disk', field: string): number | undefined {
  const limit = asRecord(asRecord(asRecord(asRecord(config)['sylixos'])['resources'])[resource])[field];
  return typeof limit === 'number' && limit > 0 ? limit * bytesPerMebibyte : undefined;
}

/** What is known of an instance besides its template. */
export interface NeedOptions {
  /** The image's own configuration, whose limits hold where the template has none. */
  readonly config?: unknown;
  /** What an instance that runs already counts as; holds where nothing declares a limit. */
  readonly seen?: Resources;
}

/**
 * What one instance of a template takes from its node: the limits of the template, else of the image, else what an instance
 * that runs counts as. Where none of these is known it counts as nothing, so nobody is ever asked to make room for it.
 */
export function needOf(template: ServiceTemplate, { config, seen }: NeedOptions = {}): InstanceNeed {
  const limits = template.resources?.limits;
  const port = template.vsoa?.port ?? 0;
  return {
    memory: bytesOf(limits?.memory) ?? configured(config, 'memory', 'memoryLimitMB') ?? seen?.memory ?? 0,
    disk: bytesOf(limits?.disk) ?? configured(config, 'disk', 'limitMB') ?? seen?.disk ?? 0,
    ...(port === 0 ? {} : { port }),
  };
}

/** Bytes in MiB as a quantity, such as `128Mi`. */
export function formatBytes(bytes: number): string {
  return Number.isFinite(bytes) ? `${Math.floor(bytes / bytesPerMebibyte)}Mi` : 'unlimited';
}

/** What an instance needs, in words. */
export function describeNeed({ memory, disk, port }: InstanceNeed): string {
  const parts = [
    ...(memory > 0 ? [`${formatBytes(memory)} of memory`] : []),
    ...(disk > 0 ? [`${formatBytes(disk)} of disk`] : []),
    ...(port === undefined ? [] : [`port ${port}`]),
  ];
  return parts.length === 0 ? 'no declared room' : parts.join(' and ');
}
