import { Event } from '@ecsm/api-types';

import type { Invocation } from '../cli/invocation.js';
import { formatAge } from '../output/age.js';
import type { Sections } from '../output/sections.js';

/** What events are asked for. */
export interface EventsOf {
  readonly namespace?: string | undefined;
  /** What narrows the list, such as kind and name of the object. */
  readonly fieldSelector: string;
  /** Identity of the object; events that name none are taken for its own. */
  readonly uid: string | undefined;
}

/** What happened to something lately, the latest last. */
export async function describeEvents(
  invocation: Invocation,
  sections: Sections,
  { namespace, fieldSelector, uid }: EventsOf,
): Promise<void> {
  const registry = await invocation.registry();
  const { items } = await registry.resource(Event).list({
    ...(namespace === undefined ? {} : { namespace }),
    fieldSelector,
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
