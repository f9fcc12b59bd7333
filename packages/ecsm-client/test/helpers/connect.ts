import type { ManualClock } from '@ecsm/api-types/testing';
import { type ClientsetOptions, createClientset, type RestClientset } from '@ecsm/ecsm-client';
import { ScriptedServer } from '@ecsm/ecsm-client/testing';

/** A scripted server with a client connected to it; both end with the test. */
export interface Connected extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly ecsm: RestClientset;
}

/** Starts a server and connects a client to it that retries without waiting long. */
export async function connect(options: Partial<ClientsetOptions> = {}): Promise<Connected> {
  const server = await ScriptedServer.start();
  const ecsm = createClientset({ baseUrl: server.baseUrl, retry: { baseMs: 1, maxMs: 2 }, ...options });
  return {
    server,
    ecsm,
    [Symbol.asyncDispose]: async () => {
      await ecsm.close();
      await server.close();
    },
  };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError(`rejected with ${String(error)}, which is no Error`);
  }
  throw new Error('was not rejected');
}

/** Waits, turn by turn of the event loop, until something holds; the test's own timeout is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** Longest pause between two attempts of a client made by {@link connect}, in milliseconds. */
const longestPauseMs = 2;

/** The same, letting the pauses between attempts pass and no deadline, however slow the machine is. */
export async function untilAfterPauses(clock: ManualClock, holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => setImmediate(resolve));
    const nextMs = clock.nextTimerInMs;
    if (nextMs !== undefined && nextMs <= longestPauseMs) await clock.advance(nextMs);
  }
}
