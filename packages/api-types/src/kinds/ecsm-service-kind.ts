import { ecsmServiceSchema } from '../generated/schemas.js';
import { validateECSMService } from '../generated/validators.js';
import { defineKind, type KindDefinition, type PrinterColumn } from '../kind-definition.js';
import { applyServiceDefaults } from './ecsm-service-defaults.js';
import { validateService } from './ecsm-service-rules.js';
import { candidateNodes, desiredReplicas, serviceStatusWord } from './ecsm-service-summary.js';
import type { ECSMService as Service } from './ecsm-service.js';

/** A containerised service that should run on an ECSM platform. */
export type ECSMService = Service;

/** A column whose value is computed from a service. */
function column(
  name: string,
  value: (service: Service) => string | number,
  options: Partial<PrinterColumn> = {},
): PrinterColumn {
  return { name, value: (object) => value(object as Service), ...options };
}

/** The kind of containerised services. */
export const ECSMService: KindDefinition<Service> = defineKind<Service>({
  group: 'ecsm.sh',
  version: 'v1',
  kind: 'ECSMService',
  shortNames: ['es'],
  description: 'A containerised service that should run on an ECSM platform.',
  schema: ecsmServiceSchema,
  validateSchema: validateECSMService,
  subresources: {
    status: true,
    scale: {
      specReplicasPath: '.spec.deploymentStrategy.replicas',
      statusReplicasPath: '.status.replicas',
      refuse: (object) =>
        (object as Service).spec.deploymentStrategy.type === 'Static'
          ? 'a Static service runs one instance on every node of spec.deploymentStrategy.nodes: change the nodes instead'
          : undefined,
    },
  },
  printerColumns: [
    column('STRATEGY', (service) => service.spec.deploymentStrategy.type),
    column('DESIRED', desiredReplicas, { format: 'number' }),
    column('READY', (service) => service.status?.readyReplicas ?? 0, { format: 'number' }),
    column('UPDATED', (service) => service.status?.updatedReplicas ?? 0, { format: 'number' }),
    column('IMAGE', (service) => service.spec.template.image),
    column('STATUS', serviceStatusWord),
    { name: 'AGE', value: '.metadata.creationTimestamp', format: 'age' },
    column('NODES', (service) => candidateNodes(service).join(','), { wide: true }),
    { name: 'REVISION', value: '.status.currentRevision', wide: true },
    { name: 'PLATFORM-ID', value: '.status.underlyingServiceID', wide: true },
  ],
  applyDefaults: applyServiceDefaults,
  validate: validateService,
  keepOnApply: [
    {
      path: '.spec.deploymentStrategy.replicas',
      warning:
        'spec.deploymentStrategy.replicas is no longer in the manifest; the stored number is kept (an autoscaler or `scale` may own it)',
    },
  ],
});
