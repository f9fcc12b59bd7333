import type { ECSMService } from '@ecsm/api-types';

/** Which object of which operator a platform service belongs to. */
export interface ServiceIdentity {
  /** Tells operators on one platform apart; configuration, so that it outlives a lost registry. */
  readonly operatorId: string;
  readonly namespace: string;
  readonly name: string;
}

/** The identity of an object under an operator. */
export function identityOf(service: Pick<ECSMService, 'metadata'>, operatorId: string): ServiceIdentity {
  return { operatorId, namespace: service.metadata.namespace ?? 'default', name: service.metadata.name };
}
