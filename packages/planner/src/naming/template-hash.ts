import type { ECSMService, ServiceTemplate } from '@ecsm/api-types';

import { canonicalJson } from './canonical-json.js';
import { shortHash } from './short-hash.js';

/** Annotation whose value is part of the template's hash: setting it to a new text restarts the service by a rollout. */
export const restartAnnotation = 'ecsm.sh/restarted-at';

/** The hash that names one state of a template; equal templates have equal hashes whatever the order of their keys. */
export function templateHash(template: ServiceTemplate, restartStamp?: string): string {
  return shortHash([canonicalJson(template), restartStamp ?? '']);
}

/** The hash of the template an object asks for now. */
export function templateHashOf(service: Pick<ECSMService, 'metadata' | 'spec'>): string {
  return templateHash(service.spec.template, service.metadata.annotations?.[restartAnnotation]);
}
