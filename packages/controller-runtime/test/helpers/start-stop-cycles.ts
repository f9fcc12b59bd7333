import { setImmediate as nextTurn } from 'node:timers/promises';

import { ecsmScheme } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { done, LeaseLock, Manager, silentLogger } from '@ecsm/controller-runtime';
import { MemoryStore, Registry } from '@ecsm/registry';
import { Registry as MetricsRegistry } from 'prom-client';

import { countingSignal } from './counting-signal.js';
import { Gadget, gadget, kinds, Part } from './gadget.js';

/** What was left behind; all of it has to be nothing. */
export interface Leftovers {
  /** Listeners on the signal that all managers were given. */
  readonly signalListeners: number;
  readonly processListeners: number;
  /** Timers on the manual clock. */
  readonly timers: number;
  /** What Node itself still watches: timers, servers, sockets, immediates. */
  readonly handles: readonly string[];
}

/** Every so many cycles one is on the machine's own clock and serves health and metrics. */
const realEvery = 10;
/** Every so many cycles one competes for a lease first. */
const electedEvery = 3;

/**
 * Starts and stops managers with a controller, one after the other: some before they have begun, most after a run of
 * their controller, some with real timers and servers, and some for a lease.
 */
export async function startStopCycles(cycles: number): Promise<Leftovers> {
  const { signal, listeners } = countingSignal();
  const clock = new ManualClock();
  const registry = new Registry({ store: new MemoryStore({ clock }), clock, scheme: ecsmScheme.with(...kinds) });
  await registry.resource(Gadget).create(gadget('a'));
  const before = { listeners: processListeners(), handles: handles() };
  for (let cycle = 0; cycle < cycles; cycle++) {
    const isReal = cycle % realEvery === 0;
    const manager = new Manager({
      clients: registry,
      logger: silentLogger,
      handleUnhandledRejections: true,
      metrics: new MetricsRegistry(),
      ...(cycle % electedEvery === 0 ? { leaderElection: new LeaseLock({ clients: registry, name: 'lead' }) } : {}),
      ...(isReal ? { health: { port: 0 }, metricsServer: { port: 0 } } : { clock }),
    });
    const ran = new Promise<void>((resolve) => {
      manager
        .controller()
        .for(Gadget, { changed: ['labels'] })
        .owns(Part)
        .reconcile((_, ctx) => {
          ctx.signal.throwIfAborted();
          resolve();
          return done();
        });
    });
    const running = manager.run({ signal });
    if (cycle % 2 === 0) {
      await manager.started();
      if (!isReal) await clock.advance(0);
      await ran;
    }
    await manager.stop();
    await running;
  }
  await registry[Symbol.asyncDispose]();
  // What was closed is gone only when the event loop has come round.
  for (let turn = 0; turn < 3; turn++) await nextTurn();
  return {
    signalListeners: listeners(),
    processListeners: processListeners() - before.listeners,
    timers: clock.pendingTimers,
    handles: difference(handles(), before.handles),
  };
}

function processListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

function handles(): string[] {
  return process.getActiveResourcesInfo();
}

/** What is there beyond what was there before. */
function difference(now: readonly string[], before: readonly string[]): readonly string[] {
  const left = [...before];
  return now.filter((name) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
