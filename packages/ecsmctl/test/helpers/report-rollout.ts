import { edit, type Condition, type ECSMService, type ResourceClient } from '@ecsm/api-types';

/** Reports as the operator would that so many of a service's two instances are new and available. */
export async function reportRollout(
  services: ResourceClient<ECSMService>,
  name: string,
  available: number,
  more?: Pick<Condition, 'type' | 'status' | 'message'>,
): Promise<void> {
  const stored = await services.get(name);
  const status = available === 2 ? 'True' : 'False';
  const condition = { reason: 'Test', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
  await services.updateStatus(
    edit(stored, (draft) => {
      draft.status = {
        observedGeneration: stored.metadata.generation,
        replicas: 2,
        updatedReplicas: 2,
        readyReplicas: available,
        availableReplicas: available,
        conditions: [
          { ...condition, type: 'Available', status },
          ...(more === undefined ? [] : [{ ...condition, ...more }]),
        ],
      };
    }),
  );
}
