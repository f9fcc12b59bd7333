import type { PolledEvent } from '../polled-event.js';
import type { EventTraits } from './event-queue.js';

/** How the queue of a reader looks at the events of a polled informer. */
export function polledEventTraits<I>(): EventTraits<PolledEvent<I>> {
  return {
    keyOf: (event) => event.key,
    isInitial: (event) => event.type === 'added' && event.initial,
    asAdded: (event) => {
      if (event.type !== 'modified') return event;
      const { key, fingerprint, item } = event;
      return { type: 'added', key, fingerprint, item, initial: false };
    },
  };
}
