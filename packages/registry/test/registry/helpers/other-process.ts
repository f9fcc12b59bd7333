/** Another process on the same file: tells what it reads there, then writes an object of its own. */
import { ECSMService } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';

await using registry = await Registry.open({ path: process.argv[2] ?? '' });
const services = registry.resource(ECSMService).namespace('default');
const { items } = await services.list();
await services.create({
  apiVersion: 'ecsm.sh/v1',
  kind: 'ECSMService',
  metadata: { name: 'theirs' },
  spec: {
    deploymentStrategy: { type: 'Dynamic', replicas: 1, nodePool: ['worker-1'] },
    template: { image: 'web@1.0.0' },
  },
});
process.send?.(items.map(({ metadata }) => metadata.name));
