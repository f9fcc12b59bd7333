import type { ApiObject, ResourceClient, Stored } from '@ecsm/api-types';

import { CliError } from '../cli/cli-error.js';
import { exitCodes } from '../cli/exit-code.js';
import type { Invocation } from '../cli/invocation.js';
import { hintIfNoOperator } from './operator-presence.js';

/** Options of {@link waitUntil}. */
export interface WaitUntilOptions {
  /** For ever without it. */
  readonly timeoutMs?: number | undefined;
  /** What is waited for, and how things stand if that is known, in words that complete "timed out waiting for …". */
  readonly what: () => string;
}

/**
 * Waits until a condition holds for an object, by watching it, and resolves to the object then.
 *
 * @param holds - asked about every state, and about `undefined` when the object is not there; may throw to give up
 * @throws CliError (exit code 5) when it does not hold in time
 */
export async function waitUntil<T extends ApiObject>(
  invocation: Invocation,
  client: ResourceClient<T>,
  name: string,
  holds: (object: Stored<T> | undefined) => boolean,
  options: WaitUntilOptions,
): Promise<Stored<T> | undefined> {
  const { timeoutMs, what } = options;
  const patience = new AbortController();
  const timer = timeoutMs === undefined ? undefined : invocation.clock.setTimer(() => patience.abort(), timeoutMs);
  try {
    const signal = AbortSignal.any([invocation.signal, patience.signal]);
    for (;;) {
      const outcome = await watchOnce(client, name, holds, signal);
      if (outcome.done) return outcome.object;
      signal.throwIfAborted();
    }
  } catch (error) {
    if (!patience.signal.aborted || invocation.signal.aborted) throw error;
    throw new CliError(`timed out waiting for ${what()}`, {
      exitCode: exitCodes.timeout,
      hint: await hintIfNoOperator(invocation),
    });
  } finally {
    timer?.cancel();
  }
}

/** One watch from the present state on; not done when it ended early, as after a compaction. */
async function watchOnce<T extends ApiObject>(
  client: ResourceClient<T>,
  name: string,
  holds: (object: Stored<T> | undefined) => boolean,
  signal: AbortSignal,
): Promise<{ readonly done: boolean; readonly object?: Stored<T> }> {
  let seen = false;
  const events = client.watch({
    fieldSelector: `metadata.name=${name}`,
    sendInitialEvents: true,
    allowBookmarks: true,
    signal,
  });
  for await (const event of events) {
    switch (event.type) {
      case 'added':
      case 'modified':
        seen = true;
        if (holds(event.object)) return { done: true, object: event.object };
        break;
      case 'deleted':
        if (holds(undefined)) return { done: true };
        break;
      case 'bookmark':
        if (event.initialEventsEnd === true && !seen && holds(undefined)) return { done: true };
        break;
    }
  }
  return { done: false };
}
