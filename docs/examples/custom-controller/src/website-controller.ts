import { ECSMService, isConditionTrue } from '@ecsm/api-types';
import { done, withControllerReference, type Manager } from '@ecsm/controller-runtime';

import { Website } from './website.js';

/** Gives every website a service that runs its image, with more instances the more visitors it has. */
export function addWebsiteController(manager: Manager): void {
  const websites = manager.controller().for(Website, { changed: ['spec'] });
  websites.owns(ECSMService).reconcile(async (website, ctx) => {
    const { image, visitors } = website.spec;
    const replicas = visitors === 'many' ? 4 : 1;
    const service = {
      apiVersion: 'ecsm.sh/v1',
      kind: 'ECSMService',
      metadata: ctx.key,
      spec: { deploymentStrategy: { type: 'Dynamic', nodePool: ['edge-1', 'edge-2'], replicas }, template: { image } },
    } as const;
    const { object } = await ctx.clients.resource(ECSMService).apply(withControllerReference(service, website));

    const online = isConditionTrue(object.status?.conditions, 'Available');
    ctx.conditions.set('Ready', online, online ? 'Online' : 'Starting', `${replicas} × ${image}`);
    return done();
  });
}
