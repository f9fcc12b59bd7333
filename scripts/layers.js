/**
 * Which package may import which: the layers of the system, arrows only downwards.
 * ESLint enforces the table and `pnpm check:docs` compares it with package.json files and the README.
 *
 * @type {Record<string, readonly string[]>}
 */
export const allowedImports = {
  'api-types': [],
  workqueue: ['api-types'],
  registry: ['api-types'],
  'ecsm-client': ['api-types'],
  informer: ['api-types'],
  planner: ['api-types', 'ecsm-client'],
  // registry only under ./testing, as an optional peer
  'controller-runtime': ['api-types', 'workqueue', 'informer', 'registry'],
  'ecsm-simulator': ['api-types', 'ecsm-client'],
  operator: [
    'api-types',
    'workqueue',
    'registry',
    'ecsm-client',
    'informer',
    'planner',
    'controller-runtime',
    'ecsm-simulator',
  ],
  ecsmctl: ['api-types', 'registry', 'planner', 'ecsm-client'],
};
