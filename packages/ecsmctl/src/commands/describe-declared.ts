import type { ApiObject, Condition, ECSMService, KindDefinition } from '@ecsm/api-types';

import type { Invocation } from '../cli/invocation.js';
import { formatAge } from '../output/age.js';
import { maskSecrets } from '../output/mask.js';
import { omit } from '../output/omit.js';
import { Sections } from '../output/sections.js';
import { toYaml } from '../output/serialize.js';
import type { PlatformView } from '../resources/platform-view.js';
import { describeEvents } from './describe-events.js';

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

/** Everything about a declared object, with passwords masked. */
export async function describeDeclared(
  invocation: Invocation,
  kind: KindDefinition,
  object: ApiObject,
  { platform, showEvents }: { readonly platform: PlatformView; readonly showEvents: boolean },
): Promise<string> {
  const sections = new Sections();
  const now = invocation.clock.now();
  const shown = maskSecrets(object);
  describeMetadata(sections, shown, now);
  if (kind.kind === 'ECSMService' && kind.group === 'ecsm.sh') {
    const { describeService } = await import('./describe-ecsm-service.js');
    await describeService(invocation, platform, sections, shown as ECSMService);
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
  if (showEvents && kind.kind !== 'Event') {
    const { namespace, name, uid } = object.metadata;
    const fieldSelector = `involvedObject.kind=${object.kind},involvedObject.name=${name}`;
    await describeEvents(invocation, sections, { namespace, fieldSelector, uid });
  }
  return sections.render();
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
