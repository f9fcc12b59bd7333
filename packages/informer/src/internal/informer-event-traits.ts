import { formatKey, type ApiObject } from '@ecsm/api-types';

import type { InformerEvent } from '../informer-event.js';
import type { EventTraits } from './event-queue.js';

/** How the queue of a reader looks at informer events. */
export function informerEventTraits<T extends ApiObject>(): EventTraits<InformerEvent<T>> {
  return {
    keyOf: (event) => formatKey(event.key),
    isInitial: (event) => event.type === 'added' && event.initial,
    asAdded: (event) => {
      if (event.type !== 'modified') return event;
      const { key, version, object, origin } = event;
      return { type: 'added', key, version, origin, initial: false, ...(object === undefined ? {} : { object }) };
    },
  };
}
