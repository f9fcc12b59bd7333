import { setMaxListeners } from 'node:events';

/**
 * An `AbortController` whose signal goes to many who listen at the same time, such as the requests of one run: Node warns
 * of a leak once a signal has more than ten listeners, which says nothing of such a signal.
 */
export function sharedAbortController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
