import { Event, type ApiObject, type Condition, type ECSMService, type KindDefinition } from '@ecsm/api-types';

import type { Invocation } from '../cli/invocation.js';
import { formatAge } from '../output/age.js';
import { maskSecrets } from '../output/mask.js';
import { omit } from '../output/omit.js';
import { Sections } from '../output/sections.js';
import { toYaml } from '../output/serialize.js';

function pairs(values: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.entries(values ?? {}).map(([name, value]) => `${name}=${value}`);
}

/** Name, labels, times: what every object has. */
export function describeMetadata(sections: Sections, object: ApiObject, nowMs: number): void {
  const { metadata } = object;
  sections
    .field('Name', metadata.name)
    .optional('Namespace', metadata.namespace)
    .list('Labels', pairs(metadata.labels))
    .list('Annotations', pairs(metadata.annotations))
    .field('Created', `${metadata.creationTimestamp ?? ''} (${formatAge(metadata.creationTimestamp, nowMs)} ago)`)
    .optional('Deleting since', metadata.deletionTimestamp);
  if ((metadata.finalizers ?? []).length > 0) sections.list('Finalizers', metadata.finalizers);
  const owners = (metadata.ownerReferences ?? []).map((owner) => `${owner.kind}/${owner.name}`);
  if (owners.length > 0) sections.list('Controlled By', owners);
}

/** The conditions of a status. */
export function describeConditions(
  sections: Sections,
  conditions: readonly Condition[] | undefined,
  nowMs: number,
): void {
  sections.table(
    'Conditions',
    ['TYPE', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'],
    (conditions ?? []).map(({ type, status, lastTransitionTime, reason, message }) => [
      type,
      status,
      formatAge(lastTransitionTime, nowMs),
      reason,
      message,
    ]),
  );
}

/** What happened to an object lately, the latest last. */
async function describeEvents(invocation: Invocation, sections: Sections, object: ApiObject): Promise<void> {
  const registry = await invocation.registry();
  const { namespace, name, uid } = object.metadata;
  const { items } = await registry.resource(Event).list({
    ...(namespace === undefined ? {} : { namespace }),
    fieldSelector: `involvedObject.kind=${object.kind},involvedObject.name=${name}`,
    signal: invocation.signal,
  });
  const now = invocation.clock.now();
  const own = items
    .filter(({ involvedObject }) => involvedObject.uid === undefined || involvedObject.uid === uid)
    .sort((a, b) => (a.lastTimestamp < b.lastTimestamp ? -1 : 1));
  sections.table(
    'Events',
    ['TYPE', 'REASON', 'AGE', 'COUNT', 'MESSAGE'],
    own.map((event) => [
      event.type,
      event.reason,
      formatAge(event.lastTimestamp, now),
      String(event.count),
      event.message,
    ]),
  );
}

/** Everything about a declared object, with passwords masked. */
export async function describeDeclared(
  invocation: Invocation,
  kind: KindDefinition,
  object: ApiObject,
  showEvents: boolean,
): Promise<string> {
  const sections = new Sections();
  const now = invocation.clock.now();
  const shown = maskSecrets(object);
  describeMetadata(sections, shown, now);
  if (kind.kind === 'ECSMService' && kind.group === 'ecsm.sh') {
    const { describeService } = await import('./describe-ecsm-service.js');
    await describeService(invocation, sections, shown as ECSMService);
  } else {
    const { status, ...fields } = shown as ApiObject & {
      readonly status?: { readonly conditions?: readonly Condition[] };
    };
    const rest = omit(fields, 'apiVersion', 'kind', 'metadata');
    for (const [name, value] of Object.entries(rest)) sections.text(capitalize(name), await toYaml(value));
    if (status !== undefined) {
      const { conditions, ...figures } = status;
      if (Object.keys(figures).length > 0) sections.text('Status', await toYaml(figures));
      if (conditions !== undefined) describeConditions(sections, conditions, now);
    }
  }
  if (showEvents && kind.kind !== 'Event') await describeEvents(invocation, sections, object);
  return sections.render();
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
