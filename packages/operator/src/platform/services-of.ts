import type { ECSMService } from '@ecsm/api-types';
import { adoptAnnotation, identityOf, serviceStem, type ObservedService } from '@ecsm/planner';

import type { PlatformObserver } from './platform-observer.js';

/** Ids of platform services that an object is bound to whatever their names are. */
export function boundIds({ metadata, status }: ECSMService): readonly (string | undefined)[] {
  return [metadata.annotations?.[adoptAnnotation], status?.underlyingServiceID];
}

/** What is known of the platform services of an object: those with its hash in their names, and those it is bound to. */
export function servicesOf(
  object: ECSMService,
  observer: PlatformObserver,
  operatorId: string,
): readonly ObservedService[] {
  return observer.servicesOf(serviceStem(identityOf(object, operatorId)).s8, boundIds(object));
}
