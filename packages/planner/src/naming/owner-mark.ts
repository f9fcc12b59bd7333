import type { ImageConfig } from '@ecsm/ecsm-client';

import { asTexts, isRecord } from '../internal/json.js';
import type { ServiceIdentity } from './service-identity.js';

/** Environment variable that marks a platform service as ours; names with this prefix are refused in templates. */
export const ownerVariable = 'ECSM_SH_OWNER';

/** The value of the mark. */
export function formatOwnerMark({ operatorId, namespace, name }: ServiceIdentity): string {
  return `${operatorId}/${namespace}/${name}`;
}

/** Reads a mark; `undefined` when the text is none. */
export function parseOwnerMark(text: string): ServiceIdentity | undefined {
  const [operatorId, namespace, name, ...more] = text.split('/');
  if (operatorId === undefined || namespace === undefined || name === undefined || more.length > 0) return undefined;
  return { operatorId, namespace, name };
}

/** The environment of a configuration as `NAME=value` texts, wherever its kind keeps it. */
export function environmentOf(config: ImageConfig): readonly string[] {
  const process = config['process'];
  return [...asTexts(isRecord(process) ? process['env'] : undefined), ...asTexts(config['env'])];
}

/** The mark in a configuration, if it carries one. */
export function ownerMarkOf(config: ImageConfig): string | undefined {
  const prefix = `${ownerVariable}=`;
  return environmentOf(config)
    .find((entry) => entry.startsWith(prefix))
    ?.slice(prefix.length);
}
