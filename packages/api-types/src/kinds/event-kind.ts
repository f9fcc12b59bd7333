import { eventSchema } from '../generated/schemas.js';
import { validateEvent } from '../generated/validators.js';
import { defineKind, type KindDefinition } from '../kind-definition.js';
import type { Event as EventObject } from './event.js';

/** Something that happened to an object, for people; kept for an hour. */
export type Event = EventObject;

/** How long an event is kept after it last happened; as Kubernetes' API server does. */
export const eventTimeToLiveMs = 3_600_000;

/** The kind of events. */
export const Event: KindDefinition<EventObject> = defineKind<EventObject>({
  group: 'ecsm.sh',
  version: 'v1',
  kind: 'Event',
  shortNames: ['ev'],
  description: 'Something that happened to an object, for people.',
  schema: eventSchema,
  validateSchema: validateEvent,
  nameRule: 'subdomain',
  timeToLiveMs: eventTimeToLiveMs,
  printerColumns: [
    { name: 'LAST SEEN', value: '.lastTimestamp', format: 'age' },
    { name: 'TYPE', value: '.type' },
    { name: 'REASON', value: '.reason' },
    {
      name: 'OBJECT',
      value: (object) => {
        const { kind, name } = (object as EventObject).involvedObject;
        return `${kind.toLowerCase()}/${name}`;
      },
    },
    { name: 'COUNT', value: '.count', format: 'number', wide: true },
    { name: 'MESSAGE', value: '.message' },
  ],
});
