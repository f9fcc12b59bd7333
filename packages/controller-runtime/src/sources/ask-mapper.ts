import {
  sharedAbortController,
  showBriefly,
  untilAborted,
  type ApiObject,
  type ObjectKey,
  type Stored,
} from '@ecsm/api-types';

import type { MapContext, Mapper } from '../controller-builder.js';
import type { SourceEnvironment } from './source.js';
import { asTrigger, type Trigger } from './trigger.js';

/**
 * Calls a mapper and returns what it names.
 *
 * One that does not answer within the timeout of a run is told to end and left behind: events of its kind come one after
 * the other, and none would be heard of any more.
 *
 * @throws whatever the mapper fails with, the reason of `stopping`, or an Error when it takes too long
 */
export async function askMapper<T extends ApiObject>(
  mapper: Mapper<T>,
  object: Stored<T>,
  { clients, log, clock, timeoutMs }: SourceEnvironment,
  stopping: AbortSignal,
): Promise<readonly Trigger[]> {
  // Made when it is first asked for: most mappers answer at once, and a signal costs more than all the rest.
  let made: AbortController | undefined;
  const call = (): AbortController => (made ??= sharedAbortController());
  const context: MapContext = {
    clients,
    log,
    get signal() {
      return call().signal;
    },
  };
  const answer = mapper(object, context);
  if (isIterable(answer)) return Array.from(answer, asTrigger);
  const stop = (): void => {
    call().abort(stopping.reason);
  };
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
  const late = (): void => {
    call().abort(new Error(`a mapper did not answer within ${timeoutMs} ms, the timeoutMs of its controller`));
  };
  const timer = timeoutMs > 0 ? clock.setTimer(late, timeoutMs) : undefined;
  try {
    const keys: unknown = await untilAborted(Promise.resolve(answer), call().signal);
    if (isIterable(keys)) return Array.from(keys, asTrigger);
    throw new TypeError(`a mapper must return keys, as an array or another iterable, got ${showBriefly(keys)}`);
  } finally {
    timer?.cancel();
    stopping.removeEventListener('abort', stop);
  }
}

/** Asked of whatever came: plain JavaScript can return anything. */
function isIterable(answer: unknown): answer is Iterable<ObjectKey | Trigger> {
  return typeof answer === 'object' && answer !== null && Symbol.iterator in answer;
}
