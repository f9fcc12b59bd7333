import { ECSMService, formatKey, keyOf } from '@ecsm/api-types';
import type { ServiceDetail } from '@ecsm/ecsm-client';
import {
  adoptAnnotation,
  identityOf,
  ownerMarkOf,
  parseOwnerMark,
  parsePlatformServiceName,
  serviceStem,
} from '@ecsm/planner';

import { CliError } from '../cli/cli-error.js';
import type { Invocation } from '../cli/invocation.js';
import type { PlatformKind } from './platform-kind.js';

/** What of a platform service tells who owns it. */
export interface OwnedService {
  readonly id: string;
  readonly name: string;
}

/** Whether an object owns a platform service: by the stem of its name, by adoption, or by what its status says. */
export function owns(object: ECSMService, service: OwnedService, operatorId: string): boolean {
  if (object.status?.underlyingServiceID === service.id) return true;
  if (object.metadata.annotations?.[adoptAnnotation] === service.id) return true;
  const parsed = parsePlatformServiceName(service.name);
  if (parsed === undefined) return false;
  const { readable, s8 } = serviceStem(identityOf(object, operatorId));
  return parsed.s8 === s8 && parsed.readable === readable;
}

async function objectsOf(invocation: Invocation, namespace?: string): Promise<readonly ECSMService[]> {
  const registry = await invocation.registry();
  const query = { signal: invocation.signal, ...(namespace === undefined ? {} : { namespace }) };
  return (await registry.resource(ECSMService).list(query)).items;
}

/** Of services or containers of the platform, those that objects of a namespace own. */
export async function ownedBy(
  invocation: Invocation,
  namespace: string,
  kind: PlatformKind,
  items: readonly object[],
): Promise<readonly object[]> {
  const { operatorId } = await invocation.settings();
  const objects = await objectsOf(invocation, namespace);
  const serviceOf = (item: object): OwnedService =>
    kind.plural === 'containers'
      ? { id: (item as { serviceId: string }).serviceId, name: (item as { serviceName: string }).serviceName }
      : (item as OwnedService);
  return items.filter((item) => objects.some((object) => owns(object, serviceOf(item), operatorId)));
}

/** The declared object a registry binds to a platform service; `undefined` too where there is no registry to ask. */
async function boundObject(invocation: Invocation, service: OwnedService): Promise<string | undefined> {
  const { operatorId } = await invocation.settings();
  try {
    const owner = (await objectsOf(invocation)).find((object) => owns(object, service, operatorId));
    return owner === undefined ? undefined : formatKey(keyOf(owner));
  } catch (error) {
    invocation.log.info('no registry to ask who owns the service', { cause: String(error) });
    return undefined;
  }
}

/**
 * The declared object that owns a platform service, as `namespace/name`, if any: the one whose mark the service carries,
 * whatever registry it is in, else one of this registry that is bound to it.
 */
export async function ownerOf(
  invocation: Invocation,
  service: Pick<ServiceDetail, 'id' | 'name' | 'image'>,
): Promise<string | undefined> {
  const mark = parseOwnerMark(ownerMarkOf(service.image.config) ?? '');
  return mark === undefined ? boundObject(invocation, service) : formatKey(mark);
}

/** What to do instead of a verb that works behind the back of an object. */
const insteadOf: Readonly<Record<string, (name: string) => string>> = {
  stop: (name) => `ecsmctl scale es/${name} --replicas 0`,
  restart: (name) => `ecsmctl rollout restart es/${name}`,
  redeploy: (name) => `ecsmctl rollout restart es/${name}`,
  rollback: (name) => `ecsmctl rollout undo es/${name}`,
  delete: (name) => `ecsmctl delete es/${name}`,
};

/** Verbs that the operator does not undo, but that heed neither update strategy nor availability. */
const heedless = ['restart', 'redeploy'];

/**
 * Refuses to disturb a platform service behind the back of the object that owns it.
 *
 * @throws CliError when an object owns it and `force` is not set
 */
export async function refuseIfOwned(
  invocation: Invocation,
  service: OwnedService,
  verb: string,
  force: boolean,
): Promise<void> {
  if (force) return;
  const platform = await invocation.platform();
  const owner = await ownerOf(invocation, await platform.services.get(service.id, { signal: invocation.signal }));
  if (owner === undefined) return;
  const [namespace = '', name = ''] = owner.split('/');
  const harm = heedless.includes(verb)
    ? `"${verb}" would take all its instances down at once`
    : `the operator would undo "${verb}"`;
  const instead = insteadOf[verb]?.(name) ?? `ecsmctl edit es/${name}`;
  throw new CliError(`service ${service.name} belongs to the declared object ${owner}: ${harm}`, {
    hint: `change the object instead (${instead} -n ${namespace}), or add --force`,
  });
}
