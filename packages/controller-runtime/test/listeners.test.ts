import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defineKind, type ApiObject } from '@ecsm/api-types';
import { done, LeaseLock, type Manager } from '@ecsm/controller-runtime';
import { SqliteLock } from '@ecsm/controller-runtime/sqlite-lock';
import { testEnv } from '@ecsm/controller-runtime/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

import { Gadget, gadget, kinds, Part, part } from './helpers/gadget.js';
import { leaseRegistry } from './helpers/lease-registry.js';

/** More than Node allows a signal without a warning. */
const many = 25;

/** What Node says of signals with too many listeners until the test ends. */
function leakWarnings(): { readonly seen: () => Promise<readonly string[]> } {
  const warnings: string[] = [];
  const warned = ({ name, message }: Error): void => {
    if (name === 'MaxListenersExceededWarning') warnings.push(message);
  };
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  const seen = async (): Promise<readonly string[]> => {
    // Node tells of warnings in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    return warnings;
  };
  return { seen };
}

/** What a request does with the signal it is given. */
function request(signal: AbortSignal, until: Promise<unknown>): Promise<unknown> {
  const abort = (): void => undefined;
  signal.addEventListener('abort', abort, { once: true });
  return until.finally(() => signal.removeEventListener('abort', abort));
}

function requests(signal: AbortSignal, until: Promise<unknown>): Promise<unknown> {
  return Promise.all(Array.from({ length: many }, () => request(signal, until)));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function listenersOf(signal: AbortSignal | undefined): number {
  return signal === undefined ? Number.NaN : getEventListeners(signal, 'abort').length;
}

describe('signals that are handed out', () => {
  it('take many requests at a time, of a run and of a mapper, and keep no listener behind them', async () => {
    const { seen } = leakWarnings();
    const signals: Record<string, AbortSignal> = {};
    const most: Record<string, number> = {};
    const use = async (who: string, signal: AbortSignal): Promise<void> => {
      signals[who] = signal;
      const all = requests(signal, turn());
      most[who] = listenersOf(signal);
      await all;
    };
    await using env = await testEnv({
      kinds,
      controllers: [
        (manager) =>
          manager
            .controller()
            .for(Gadget)
            .watches(Part, async (_, { signal }) => {
              await use('mapper', signal);
              return [];
            })
            .trigger(async function* ({ signal }) {
              await use('trigger', signal);
              yield { namespace: 'default', name: 'a' };
            })
            .reconcile(async (_, ctx) => {
              await use('run', ctx.signal);
              return done();
            }),
      ],
    });
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.registry.resource(Part).create(part('p'));
    await env.settled();
    expect(Object.keys(most).sort()).toEqual(['mapper', 'run', 'trigger']);
    for (const count of Object.values(most)) expect(count).toBeGreaterThanOrEqual(many);
    expect(Object.values(signals).map(listenersOf)).toEqual([0, 0, 0]);
    expect(await seen()).toEqual([]);
  });

  it('are shared by many runnables, and by many sources of one controller while they sync', async () => {
    const { seen } = leakWarnings();
    const manyKinds = Array.from({ length: many }, (_, n) =>
      defineKind<ApiObject>({ group: 'test.dev', version: 'v1', kind: `Kind${n}` }),
    );
    let shared: AbortSignal | undefined;
    let most = 0;
    await using env = await testEnv({
      kinds: manyKinds,
      controllers: [
        (manager) => {
          const [first] = manyKinds;
          const builder = manager.controller('all').watches(first!, () => []);
          const all = manyKinds.slice(1).reduce((so, kind) => so.watches(kind, () => []), builder);
          return all.reconcileKeys(() => done());
        },
        (manager: Manager) => {
          for (let n = 0; n < many; n++) {
            manager.add(async ({ signal }) => {
              shared = signal;
              const stopped = new Promise<void>((resolve) => {
                signal.addEventListener('abort', () => resolve(), { once: true });
              });
              most = Math.max(most, listenersOf(signal));
              await stopped;
            });
          }
        },
      ],
    });
    expect(env.manager.controllers.get('all')?.isSynced).toBe(true);
    expect(most).toBe(many);
    await env.manager.stop();
    expect(listenersOf(shared)).toBe(0);
    expect(await seen()).toEqual([]);
  });

  it.each(['LeaseLock', 'SqliteLock'])('end the work of many who lead by a %s', async (type) => {
    const { seen } = leakWarnings();
    const folder = mkdtempSync(join(tmpdir(), 'listeners-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { clock, registry } = leaseRegistry();
    const options = { clients: registry, name: 'lead', clock };
    const lock =
      type === 'LeaseLock' ? new LeaseLock(options) : new SqliteLock({ ...options, path: join(folder, 'lock') });
    const lead = await lock.acquire();
    await requests(lead.lost, turn());
    expect(listenersOf(lead.lost)).toBe(0);
    await lead.release();
    expect(await seen()).toEqual([]);
  });
});
