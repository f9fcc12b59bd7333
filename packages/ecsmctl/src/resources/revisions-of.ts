import { ControllerRevision, type ECSMService } from '@ecsm/api-types';

import type { Invocation } from '../cli/invocation.js';

/** The kept revisions of a service, oldest first. */
export async function revisionsOf(
  invocation: Invocation,
  { metadata: { namespace = 'default', uid } }: ECSMService,
): Promise<readonly ControllerRevision[]> {
  const registry = await invocation.registry();
  const { items } = await registry.resource(ControllerRevision).list({ namespace, signal: invocation.signal });
  return items
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true)
    .sort((a, b) => a.revision - b.revision);
}
