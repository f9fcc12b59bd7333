import type { ECSMServiceSpec } from '@ecsm/api-types';
import type { SeededRandom } from '@ecsm/api-types/testing';
import { restartAnnotation } from '@ecsm/planner';

import { dynamic, onNodes, sylixosNodes } from '../helpers/world.js';

const images = ['web@1.0.0#sylixos', 'web@1.1.0#sylixos', 'web@2.0.0#sylixos'] as const;

/** Bounds of a rolling update worth trying, as maxSurge and maxUnavailable. */
export const rollingUpdates = [
  ['25%', '25%'],
  [1, 0],
  [0, 1],
  ['50%', '50%'],
  [2, 1],
  ['100%', 0],
] as const;

/** Anything a user may ask for of one of the objects: `nav` is Static most of the time, the others Dynamic. */
export function randomSpec(dice: SeededRandom, name: string): ECSMServiceSpec {
  const [maxSurge, maxUnavailable] = dice.pick(rollingUpdates);
  const type = dice.pick(['RollingUpdate', 'RollingUpdate', 'RollingUpdate', 'Recreate', 'InPlace'] as const);
  const updateStrategy = {
    type,
    ...(type === 'RollingUpdate' && dice.chance(0.7) ? { rollingUpdate: { maxSurge, maxUnavailable } } : {}),
    ...(dice.chance(0.2) ? { minReadySeconds: dice.int(1, 5) } : {}),
  };
  const nodes = sylixosNodes.slice(dice.chance(0.3) ? 1 : 0, dice.int(2, 3));
  const image = dice.pick(images);
  if ((name === 'nav') !== dice.chance(0.1)) return onNodes(nodes, image, { updateStrategy });
  const spec = dynamic(dice.int(0, 6), image, { updateStrategy });
  return { ...spec, deploymentStrategy: { ...spec.deploymentStrategy, nodePool: nodes } };
}

/** Now and then a restart is asked for. */
export function randomAnnotations(dice: SeededRandom): Record<string, string> {
  return dice.chance(0.15) ? { [restartAnnotation]: String(dice.int(1, 1_000_000)) } : {};
}
