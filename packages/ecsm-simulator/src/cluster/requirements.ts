import type { ServiceImage } from '@ecsm/ecsm-client';

import { isObject } from '../internal/json.js';
import type { PlatformSettings } from '../settings.js';

/** What an instance takes from its node. */
export interface Requirements {
  readonly memoryMB: number;
  readonly diskMB: number;
  /** 0 = the platform chooses. */
  readonly vsoaPort: number;
}

/** Reads the limits of a container configuration; where it has none, the settings' defaults hold. */
export function requirementsOf(image: ServiceImage, settings: PlatformSettings): Requirements {
  return {
    memoryMB: limitIn(image.config, 'memory', 'memoryLimitMB') ?? settings.defaultMemoryMB,
    diskMB: limitIn(image.config, 'disk', 'limitMB') ?? settings.defaultDiskMB,
    vsoaPort: image.vsoa?.port ?? 0,
  };
}

function limitIn(config: unknown, resource: string, field: string): number | undefined {
  if (!isObject(config)) return undefined;
  const sylixos = isObject(config['sylixos']) ? config['sylixos'] : config;
  const resources = sylixos['resources'];
  const limits = isObject(resources) ? resources[resource] : undefined;
  const limit = isObject(limits) ? limits[field] : undefined;
  return typeof limit === 'number' && limit > 0 ? limit : undefined;
}
