import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { defineKind, ecsmScheme, type ApiObject, type ListWatch } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import {
  CacheSyncTimeoutError,
  done,
  Manager,
  silentLogger,
  type LeaderLock,
  type Leadership,
  type ManagerOptions,
} from '@ecsm/controller-runtime';
import { MemoryStore, Registry } from '@ecsm/registry';
import { Registry as MetricsRegistry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';

import { deferred } from './helpers/deferred.js';
import { Gadget, gadget, kinds, Part, part } from './helpers/gadget.js';
import { hangingClients } from './helpers/hanging-clients.js';
import { startStopCycles } from './helpers/start-stop-cycles.js';
import { sourcesEnv } from './helpers/sources-env.js';

function setUp(options: Partial<ManagerOptions> = {}) {
  const clock = new ManualClock();
  const registry = new Registry({ store: new MemoryStore({ clock }), clock, scheme: ecsmScheme.with(...kinds) });
  const manager = new Manager({ clients: registry, clock, logger: silentLogger, ...options });
  return { clock, registry, manager };
}

/** A lock that the test hands out. */
function testLock() {
  const log: string[] = [];
  const granted = deferred();
  const lost = new AbortController();
  const leadership: Leadership = {
    fencingToken: 7,
    lost: lost.signal,
    assertHeld: () => lost.signal.throwIfAborted(),
    release: async () => void log.push('released'),
  };
  const lock: LeaderLock = {
    name: 'test',
    identity: 'me',
    acquire: async ({ signal } = {}) => {
      log.push('asked');
      await Promise.race([granted.promise, signal!.aborted ? undefined : once(signal!, 'abort')]);
      signal!.throwIfAborted();
      log.push('acquired');
      return leadership;
    },
  };
  return { lock, log, granted, lost };
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const Slow = defineKind<ApiObject>({ group: 'test.dev', version: 'v1', kind: 'Slow' });
const abortGraceMs = 1000;
/** A source that never answers. */
const silentSource: ListWatch<ApiObject> = {
  kind: Slow,
  list: () => new Promise(() => undefined),
  async *watch() {
    yield* [];
  },
};

describe('syncing', () => {
  it('C7 runs nothing before all sources have told what exists and their mappers are done with it', async () => {
    const { clock, registry, manager } = setUp();
    await registry.resource(Gadget).create(gadget('a'));
    await registry.resource(Part).create(part('p'));
    const mapping = deferred();
    const runs: string[] = [];
    const controller = manager
      .controller()
      .for(Gadget)
      .watches(Part, async () => {
        await mapping.promise;
        return [];
      })
      .reconcile((object) => {
        runs.push(object.metadata.name);
        return done();
      });
    const running = manager.run();
    await manager.started();
    await clock.advance(1000);
    expect(controller.isSynced).toBe(false);
    expect(runs).toEqual([]);
    expect(await manager.ready()).toMatchObject({ ok: false });
    mapping.resolve();
    await clock.advance(0);
    expect(controller.isSynced).toBe(true);
    expect(runs).toEqual(['a']);
    expect(await manager.ready()).toMatchObject({ ok: true });
    await manager.stop();
    await running;
  });

  it('C8 fails the start with the names of the sources that take too long', async () => {
    const { clock, manager } = setUp();
    manager
      .controller()
      .for(Gadget)
      .watches(silentSource, () => [])
      .options({ cacheSyncTimeoutMs: 5000 })
      .reconcile(() => done());
    const failed = manager.run().catch((error: unknown) => error);
    await manager.started();
    await clock.advance(4999);
    expect(manager.isLeader).toBe(true);
    await clock.advance(1);
    // The hanging source is waited for no longer than a moment.
    await clock.advance(abortGraceMs);
    const error = await failed;
    expect(error).toBeInstanceOf(CacheSyncTimeoutError);
    expect(error).toMatchObject({ controller: 'gadget', sources: ['Slow'], code: 'CACHE_SYNC_TIMEOUT' });
  });

  it('C8 takes a stop during the sync for no failure', async () => {
    const { clock, manager } = setUp();
    manager
      .controller('slow')
      .watches(silentSource, () => [])
      .reconcileKeys(() => done());
    const running = manager.run();
    await manager.started();
    await clock.advance(100);
    const stopped = manager.stop();
    await clock.advance(abortGraceMs);
    await stopped;
    await running;
  });

  it('C9 runs once: a second run rejects, stop and dispose may come as often as they like', async () => {
    const { manager } = setUp();
    const running = manager.run();
    await expect(manager.run()).rejects.toThrow(/runs once/);
    await Promise.all([manager.stop(), manager.stop(), manager[Symbol.asyncDispose]()]);
    await running;
    await manager.stop();
    await expect(manager.run()).rejects.toThrow(/runs once/);
    const never = setUp().manager;
    await never.stop();
    await expect(never.run()).rejects.toThrow(/runs once/);
  });
});

describe('start and stop', () => {
  it('C14 starts what needs no lead, then waits, then starts the rest, and lets go of the lead last', async () => {
    const { lock, log, granted } = testLock();
    const { clock, registry, manager } = setUp({ leaderElection: lock, health: { port: 0 } });
    await registry.resource(Gadget).create(gadget('a'));
    const served = async (): Promise<string> => {
      const { status } = await fetch(`${manager.healthUrl!}/healthz`);
      return `served ${status}`;
    };
    const runnable =
      (name: string) =>
      async ({ signal, leadership }: { signal: AbortSignal; leadership: Leadership | undefined }) => {
        log.push(`${name} begins${leadership === undefined ? '' : ` with ${leadership.fencingToken}`}`);
        if (!signal.aborted) await once(signal, 'abort');
        // The servers were there before, and outlive all that they tell of.
        log.push(`${name} ends, ${await served()}`);
      };
    manager.add(runnable('free'), { leaderElected: false });
    manager.add(runnable('elected'));
    const warm = manager
      .controller('warm')
      .for(Gadget)
      .options({ warmup: true })
      .reconcile((_, ctx) => {
        log.push(`run with ${String(ctx.fencingToken)}`);
        return done();
      });
    const cold = manager
      .controller('cold')
      .for(Part)
      .reconcile(() => done());
    const running = manager.run();
    await manager.started();
    await clock.advance(100);
    expect(log).toEqual(['free begins', 'asked']);
    expect([warm.isSynced, cold.isSynced, manager.isLeader]).toEqual([true, false, false]);
    expect(await manager.ready()).toMatchObject({ ok: true });
    granted.resolve();
    await clock.advance(100);
    expect(log).toEqual(['free begins', 'asked', 'acquired', 'elected begins with 7', 'run with 7']);
    expect([cold.isSynced, manager.isLeader]).toEqual([true, true]);
    await manager.stop();
    await running;
    expect(log.slice(5)).toEqual(['elected ends, served 200', 'free ends, served 200', 'released']);
    await expect(served()).rejects.toThrow();
    expect(() => manager.add(runnable('late'))).toThrow(/comes too late/);
  });

  it('C14 stops everything when one part fails, and reports every error', async () => {
    const { clock, manager } = setUp();
    const ended: string[] = [];
    manager.add(async ({ signal }) => {
      await once(signal, 'abort');
      ended.push('other');
      throw new Error('stop failed');
    });
    manager.add(async () => {
      await new Promise<void>((resolve) => clock.setTimer(resolve, 1000));
      throw new Error('run failed');
    });
    const failed = manager.run().catch((error: unknown) => error);
    await manager.started();
    await clock.advance(1000);
    const error = await failed;
    expect(ended).toEqual(['other']);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors.map(String)).toEqual(['Error: run failed', 'Error: stop failed']);
  });

  it('C14 waits for each of several runnables without a name', async () => {
    const { clock, manager } = setUp();
    const ended: number[] = [];
    for (const afterMs of [3000, 1000, 2000]) {
      manager.add(async ({ signal }) => {
        await once(signal, 'abort');
        await new Promise<void>((resolve) => clock.setTimer(resolve, afterMs));
        ended.push(afterMs);
      });
    }
    const running = manager.run();
    await manager.started();
    let hasStopped = false;
    const stopped = manager.stop().then(() => (hasStopped = true));
    await clock.advance(2999);
    expect([ended, hasStopped]).toEqual([[1000, 2000], false]);
    await clock.advance(1);
    await stopped;
    await running;
    expect(ended).toEqual([1000, 2000, 3000]);
  });

  it.each([
    [0, 0],
    [5000, 5000],
  ])(
    'C14 waits %i ms for runs in flight, then aborts them for the shutdown',
    async (gracefulShutdownTimeoutMs, afterMs) => {
      const { clock, registry, manager } = setUp({ gracefulShutdownTimeoutMs });
      await registry.resource(Gadget).create(gadget('a'));
      const reasons: unknown[] = [];
      manager
        .controller()
        .for(Gadget)
        .reconcile(
          (_, ctx) =>
            new Promise((_resolve, reject) => {
              ctx.signal.addEventListener('abort', () => {
                reasons.push((ctx.signal.reason as { reason: string }).reason);
                reject(ctx.signal.reason as Error);
              });
            }),
        );
      const running = manager.run();
      await manager.started();
      await clock.advance(0);
      const stopped = manager.stop();
      if (afterMs > 0) {
        await clock.advance(afterMs - 1);
        expect(reasons).toEqual([]);
      }
      await clock.advance(afterMs > 0 ? 1 : 0);
      expect(reasons).toEqual(['shutdown']);
      await stopped;
      await running;
    },
  );

  it('C14 leaves a run behind that never ends, and nothing of it that would keep the process', async () => {
    const { clock, registry, manager } = setUp({ gracefulShutdownTimeoutMs: 5000 });
    await registry.resource(Gadget).create(gadget('a'));
    const reconcile = vi.fn(() => new Promise<never>(() => undefined));
    manager.controller().for(Gadget).reconcile(reconcile);
    const running = manager.run();
    await manager.started();
    await clock.advance(0);
    expect(reconcile).toHaveBeenCalledOnce();
    const stopped = manager.stop();
    await clock.advance(6000);
    await stopped;
    await running;
    expect(clock.pendingTimers).toBe(0);
  });

  it('C14 waits for events that cannot be written no longer than for runs', async () => {
    const { registry } = setUp();
    const { clock, manager } = setUp({ clients: hangingClients(registry, 'create', ({ kind }) => kind === 'Event') });
    const recorded = deferred();
    manager
      .controller()
      .for(Gadget)
      .reconcile((_, ctx) => {
        ctx.event('Normal', 'Seen', 'looked at it');
        recorded.resolve();
        return done();
      });
    await registry.resource(Gadget).create(gadget('a'));
    let ended = false;
    const running = manager.run().then(() => (ended = true));
    await recorded.promise;
    void manager.stop();
    await clock.advance(29_999);
    expect(ended).toBe(false);
    await clock.advance(1);
    await running;
    expect(clock.pendingTimers).toBe(0);
  });

  it('C14 waits without limit where it is told to, and drops keys that have not begun', async () => {
    const { clock, registry, manager } = setUp({ gracefulShutdownTimeoutMs: Infinity });
    for (const name of ['a', 'b', 'c']) await registry.resource(Gadget).create(gadget(name));
    const finished: string[] = [];
    manager
      .controller()
      .for(Gadget)
      .options({ concurrency: 1, timeoutMs: 0 })
      .reconcile(async (object, ctx) => {
        await new Promise<void>((resolve) => ctx.clock.setTimer(resolve, 10_000_000));
        finished.push(object.metadata.name);
        return done();
      });
    const running = manager.run();
    await manager.started();
    await clock.advance(0);
    const stopped = manager.stop();
    await clock.advance(10_000_000);
    await stopped;
    await running;
    expect(finished).toEqual(['a']);
  });

  // Ten thousand of them: node --conditions=@ecsm/source --import tsx packages/controller-runtime/test/start-stop-command.ts 10000
  it('C14 leaves no listener, timer or handle behind', async () => {
    expect(await startStopCycles(200)).toEqual({ signalListeners: 0, processListeners: 0, timers: 0, handles: [] });
  });

  it('stops when the signal aborts', async () => {
    const { clock, manager } = setUp();
    const stop = new AbortController();
    const running = manager.run({ signal: stop.signal });
    await manager.started();
    await clock.advance(0);
    stop.abort();
    await running;
    await setUp().manager.run({ signal: AbortSignal.abort() });
  });
});

describe('leading', () => {
  it('C15 stops all elected work at once when the lead is lost, and run rejects with it', async () => {
    const { lock, log, granted, lost } = testLock();
    const { clock, registry, manager } = setUp({ leaderElection: lock });
    await registry.resource(Gadget).create(gadget('a'));
    granted.resolve();
    const reasons: unknown[] = [];
    const writes: unknown[] = [];
    manager
      .controller()
      .for(Gadget)
      .reconcile(async (object, ctx) => {
        await once(ctx.signal, 'abort');
        reasons.push((ctx.signal.reason as { reason: string }).reason);
        // Whoever catches the abort and goes on cannot write either.
        await ctx.client.update({ ...object, spec: { size: 99 } }).catch((error: unknown) => writes.push(error));
        return done();
      });
    const failed = manager.run().catch((error: unknown) => error);
    await manager.started();
    await clock.advance(0);
    const before = clock.monotonicNow();
    lost.abort(new Error('the lease is gone'));
    expect(await failed).toMatchObject({ message: 'the lease is gone' });
    expect(clock.monotonicNow()).toBe(before);
    expect(reasons).toEqual(['lostLease']);
    expect(writes).toMatchObject([{ name: 'RunAbortedError', reason: 'lostLease' }]);
    expect((await registry.resource(Gadget).get({ namespace: 'default', name: 'a' })).spec.size).toBe(1);
    expect(log).not.toContain('released');
    expect(manager.isLeader).toBe(false);
    await expect(manager.clients.resource(Gadget).create(gadget('late'))).rejects.toThrow('the lease is gone');
  });

  it('C15 lets a standby be stopped that was never elected', async () => {
    const { lock, log } = testLock();
    const { clock, manager } = setUp({ leaderElection: lock });
    manager
      .controller()
      .for(Gadget)
      .reconcile(() => done());
    const running = manager.run();
    await manager.started();
    await clock.advance(60_000);
    await manager.stop();
    await running;
    expect(log).toEqual(['asked']);
  });
});

describe('health', () => {
  it('serves health, readiness and metrics, and nothing else', async () => {
    const metrics = new MetricsRegistry();
    const { clock, manager } = setUp({ metrics, health: { port: 0 }, metricsServer: { port: 0 } });
    manager
      .controller()
      .for(Gadget)
      .reconcile(() => done());
    manager.addHealthCheck('disk', () => {
      throw new Error('the disk is full');
    });
    const running = manager.run();
    await manager.started();
    await clock.advance(0);
    const health = await fetch(`${manager.healthUrl!}/healthz`);
    expect([health.status, await health.text()]).toEqual([
      500,
      '[-] disk failed: the disk is full\n[+] leader-election ok\nnot healthy\n',
    ]);
    const ready = await fetch(`${manager.healthUrl!}/readyz?verbose`);
    expect([ready.status, await ready.text()]).toEqual([200, '[+] controller/gadget ok\n[+] informers ok\nhealthy\n']);
    const scraped = await fetch(`${manager.metricsUrl!}/metrics`);
    expect(await scraped.text()).toContain('controller_runtime_max_concurrent_reconciles{controller="gadget"} 4');
    expect((await fetch(`${manager.healthUrl!}/metrics`)).status).toBe(404);
    expect((await fetch(`${manager.healthUrl!}/healthz`, { method: 'POST', body: 'x' })).status).toBe(405);
    expect(manager.healthUrl).toContain('127.0.0.1');
    const url = manager.healthUrl!;
    await manager.stop();
    await running;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it.each([
    [{}, {}],
    [{ host: '127.0.0.1' }, {}],
    [{}, { host: '127.0.0.1' }],
  ])('serves health at %o and metrics at %o of one port by one server', async (health, metricsServer) => {
    const port = await freePort();
    const { manager } = setUp({
      metrics: new MetricsRegistry(),
      health: { ...health, port },
      metricsServer: { ...metricsServer, port },
    });
    const running = manager.run();
    await manager.started();
    expect(manager.metricsUrl).toBe(manager.healthUrl);
    for (const path of ['healthz', 'readyz', 'metrics']) {
      expect([path, (await fetch(`http://127.0.0.1:${port}/${path}`)).status]).toEqual([path, 200]);
    }
    await manager.stop();
    await running;
  });

  it('says so when an address is taken', async () => {
    const first = setUp({ health: { port: 0 } });
    const running = first.manager.run();
    await first.manager.started();
    const port = Number(new URL(first.manager.healthUrl!).port);
    await expect(setUp({ health: { port } }).manager.run()).rejects.toThrow(/EADDRINUSE/);
    await first.manager.stop();
    await running;
  });

  it('is not ready while a kind cannot be followed', async () => {
    await using env = await sourcesEnv((controller) => controller.for(Gadget));
    expect(await env.manager.ready()).toMatchObject({ ok: true });
    env.faults.unavailable({ times: Infinity });
    env.faults.expireWatches();
    await env.settled();
    expect(await env.manager.ready()).toMatchObject({ ok: false });
    env.faults.clear();
    await env.advance(60_000);
    expect(await env.manager.ready()).toMatchObject({ ok: true });
  });

  it('needs a metrics registry to serve metrics', () => {
    expect(() => setUp({ metricsServer: { port: 0 } })).toThrow(/metricsServer needs metrics/);
  });
});
