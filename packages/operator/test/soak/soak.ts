import { SeededRandom } from '@ecsm/api-types/testing';

import { diskBytesWritten, takeSample, type Sample } from './sample.js';
import { soakDisturbances, soakSpec, type SoakPlay } from './soak-disturbances.js';
import { SoakSystem } from './soak-system.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What a soak is made of. */
export interface SoakOptions {
  readonly services: number;
  readonly days: number;
  readonly seed: number;
  /** @defaultValue `30_000`, as the daemon has it */
  readonly pollIntervalMs?: number;
  /** How long a request to the platform takes; half a second makes the link a slow one. @defaultValue `0` */
  readonly latencyMs?: number;
  /** Hours of each day in which something may happen; in the rest of it everything calms down. @defaultValue `22` */
  readonly restlessHours?: number;
  /** How long the rest at the end lasts, which must be silent. @defaultValue `6` */
  readonly restHours?: number;
  /** Asked before every day; the rest at the end is had in any case. */
  readonly mayGoOn?: () => boolean;
  /** Told of every day. */
  readonly onDay?: (day: SoakDay) => void;
}

/** What one day took, and how things stood at its end. */
export interface SoakDay extends Sample {
  readonly day: number;
  readonly disturbances: number;
  readonly requests: number;
  readonly logLines: number;
  readonly logBytes: number;
  /** Revisions of the registry. */
  readonly registryWrites: number;
  /** Bytes this process had the disk take; absent where the system does not tell. */
  readonly diskBytes: number | undefined;
}

/** What came to be while nothing happened. */
export type SoakRest = Pick<SoakDay, 'diskBytes' | 'logBytes' | 'logLines' | 'registryWrites' | 'requests'> & {
  readonly hours: number;
  /** Requests that change something on the platform. */
  readonly platformWrites: number;
};

/** How a soak went. */
export interface SoakReport {
  readonly days: readonly SoakDay[];
  readonly rest: SoakRest;
  /** Timers that are still set after everything was stopped. */
  readonly timersLeft: number;
  /** Handles by kind before it began and after everything was stopped. */
  readonly handles: { readonly before: Sample['handles']; readonly after: Sample['handles'] };
}

/**
 * Runs services for days of virtual time, disturbed about three times an hour, then leaves everything alone.
 *
 * @throws when something does not come to be as declared
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { services: count, seed, restHours = 6, pollIntervalMs = 30_000, latencyMs = 0 } = options;
  const dice = new SeededRandom(seed);
  const before = (await takeSample()).handles;
  const nodeCount = Math.max(3, Math.ceil(count / 20));
  const nodes = Array.from({ length: nodeCount }, (_, index) => `node-${index + 1}`);
  const names = Array.from({ length: count }, (_, index) => `service-${index}`);
  const days: SoakDay[] = [];
  const system = await SoakSystem.start({ seed, nodes: nodeCount, pollIntervalMs, latencyMs });
  let rest: SoakRest;
  try {
    for (const name of names) {
      const spec = soakSpec(dice, nodes);
      await system.services.apply({ apiVersion: 'ecsm.sh/v1', kind: 'ECSMService', metadata: { name }, spec });
    }
    await system.settle(24 * hourMs);
    const play: SoakPlay = { system, dice, names, nodes };
    for (let day = 1; day <= options.days && options.mayGoOn?.() !== false; day++) {
      days.push(await liveDay(play, day, options.restlessHours ?? 22));
      const lived = days.at(-1);
      if (lived !== undefined) options.onDay?.(lived);
    }
    // Events that repeat are written up to minutes later.
    await system.pass(2 * hourMs);
    const writesBefore = platformWrites(system);
    const spent = await spending(system, () => system.pass(restHours * hourMs));
    rest = { hours: restHours, ...spent, platformWrites: platformWrites(system) - writesBefore };
    await system.settle(0);
  } finally {
    await system[Symbol.asyncDispose]();
  }
  const after = (await takeSample()).handles;
  return { days, rest, timersLeft: system.clock.pendingTimers, handles: { before, after } };
}

async function liveDay(play: SoakPlay, day: number, restlessHours: number): Promise<SoakDay> {
  const { system, dice } = play;
  const startMs = system.clock.monotonicNow();
  let disturbances = 0;
  const spent = await spending(system, async () => {
    while (system.clock.monotonicNow() - startMs < restlessHours * hourMs) {
      const kind = dice.pick(Object.keys(soakDisturbances) as (keyof typeof soakDisturbances)[]);
      await soakDisturbances[kind](play);
      disturbances++;
      await system.pass(dice.int(2, 38) * minuteMs);
    }
    system.simulator.faults.startOutage(0);
    await soakDisturbances.nodesUp(play);
    await system.pass(minuteMs);
    await system.settle();
    await system.pass(Math.max(hourMs, 24 * hourMs - (system.clock.monotonicNow() - startMs)));
  });
  return { day, disturbances, ...spent, ...(await takeSample(system.clock)) };
}

async function spending(system: SoakSystem, work: () => Promise<void>) {
  const { lines, bytes } = system.log;
  const { requests } = system;
  const revision = await system.revision();
  const disk = await diskBytesWritten();
  await work();
  const written = await diskBytesWritten();
  return {
    requests: system.requests - requests,
    logLines: system.log.lines - lines,
    logBytes: system.log.bytes - bytes,
    registryWrites: (await system.revision()) - revision,
    diskBytes: disk === undefined || written === undefined ? undefined : written - disk,
  };
}

function platformWrites({ simulator }: SoakSystem): number {
  const calls = [...simulator.requests.counts].filter(([call]) => !call.startsWith('GET '));
  return calls.reduce((sum, [, { received }]) => sum + received, 0);
}
