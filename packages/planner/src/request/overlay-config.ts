import type { ServiceTemplate } from '@ecsm/api-types';
import type { ImageConfig } from '@ecsm/ecsm-client';

import type { ServiceIdentity } from '../naming/service-identity.js';
import type { NotExpressible } from './not-expressible.js';
import { overlayDockerConfig } from './overlay-docker-config.js';
import { overlayEcsConfig } from './overlay-ecs-config.js';

/** A configuration with a template laid over it. */
export interface ConfigOverlay {
  readonly config: ImageConfig;
  /** Fields of the template that did not find a place. */
  readonly findings: readonly NotExpressible[];
}

/** What {@link overlayConfig} lays over a configuration. */
export interface OverlayOptions {
  /** Operating system of the image, which decides the shape of its configuration. */
  readonly os: string;
  /** Host name to set; without it the one in the configuration stays. */
  readonly hostname?: string;
  /** Whose mark to set; without it none is set. */
  readonly owner?: ServiceIdentity;
}

/**
 * Lays a template over a container configuration.
 *
 * What the template does not name keeps the value it has, and fields this package does not know are kept as they are.
 * Laying the same template over the result changes nothing.
 */
export function overlayConfig(base: ImageConfig, template: ServiceTemplate, options: OverlayOptions): ConfigOverlay {
  const overlay = options.os.toLowerCase() === 'sylixos' ? overlayEcsConfig : overlayDockerConfig;
  return overlay(base, template, options.hostname, options.owner);
}
