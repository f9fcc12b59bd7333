import type { ECSMServiceSpec } from '@ecsm/api-types';
import type { ClusterSpec } from '@ecsm/ecsm-simulator';

import { dynamic, onNodes, World, type WorldOptions } from '../helpers/world.js';

/** Nodes with room for four instances of 64 MiB each. */
export function smallCluster(nodes: readonly string[] = ['a', 'b'], memoryMB = 256): ClusterSpec {
  return {
    nodes: nodes.map((name) => ({ name, os: 'sylixos', memoryMB })),
    images: [
      { ref: 'web@1.0.0#sylixos', sizeMB: 4 },
      { ref: 'web@2.0.0#sylixos', sizeMB: 4 },
    ],
  };
}

/** A world of small nodes. */
export function smallWorld(nodes: readonly string[] = ['a', 'b'], options: WorldOptions = {}): Promise<World> {
  return World.start({ ...options, simulator: { cluster: smallCluster(nodes), ...options.simulator } });
}

/** A Dynamic service whose instances take some memory each. */
export function sized(
  replicas: number,
  memory: string,
  nodePool: readonly string[],
  more: Partial<ECSMServiceSpec> = {},
): ECSMServiceSpec {
  const { template, ...rest } = more;
  return dynamic(replicas, 'web@1.0.0#sylixos', {
    deploymentStrategy: { type: 'Dynamic', replicas, nodePool },
    template: { image: 'web@1.0.0#sylixos', resources: { limits: { memory } }, ...template },
    ...rest,
  });
}

/** A Static service whose instances take some memory each. */
export function sizedOn(
  nodes: readonly string[],
  memory: string,
  more: Partial<ECSMServiceSpec> = {},
): ECSMServiceSpec {
  return onNodes(nodes, 'web@1.0.0#sylixos', {
    template: { image: 'web@1.0.0#sylixos', resources: { limits: { memory } } },
    ...more,
  });
}
