import { setImmediate as nextTurn } from 'node:timers/promises';

import { sleep } from '@ecsm/api-types';
import { abortReasonOf, done, type Manager, type Outcome } from '@ecsm/controller-runtime';
import { testEnv } from '@ecsm/controller-runtime/testing';
import { Registry as MetricsRegistry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { deferred } from './helpers/deferred.js';
import { Gadget, gadget, kinds, Part, part } from './helpers/gadget.js';
import { gadgetEnv } from './helpers/gadget-env.js';
import { metricValue } from './helpers/metric-value.js';
import { recordingLogger } from './helpers/recording-logger.js';

const backoff = { baseMs: 1000, maxMs: 60_000 };
const key = { namespace: 'default', name: 'a' };

describe('runs', () => {
  it('C5 aborts a run at its timeout with that cause, and counts it', async () => {
    const metrics = new MetricsRegistry();
    const reasons: unknown[] = [];
    await using env = await gadgetEnv(
      (_, ctx) =>
        new Promise<Outcome>((_resolve, reject) => {
          ctx.signal.addEventListener('abort', () => {
            reasons.push((ctx.signal.reason as { reason: unknown }).reason);
            reject(ctx.signal.reason as Error);
          });
        }),
      { timeoutMs: 5000, backoff: { baseMs: 60_000, maxMs: 60_000 } },
      { manager: { metrics } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.clock.advance(4999);
    expect(reasons).toEqual([]);
    await env.clock.advance(1);
    expect(reasons).toEqual(['timeout']);
    expect(await metricValue(metrics, 'controller_runtime_reconcile_timeouts_total')).toBe(1);
  });

  it.each([
    ['an early end', 5000, 100],
    ['no timeout', 0, 1_000_000],
  ])('C5 counts nothing for %s', async (_, timeoutMs, takesMs) => {
    const metrics = new MetricsRegistry();
    await using env = await gadgetEnv(
      async (_object, ctx) => {
        await new Promise<void>((resolve) => ctx.clock.setTimer(resolve, takesMs));
        return done();
      },
      { timeoutMs },
      { manager: { metrics } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.clock.advance(takesMs);
    await env.advance(10_000);
    expect(env.reconciles(key)).toMatchObject([{ outcome: done() }]);
    expect(await metricValue(metrics, 'controller_runtime_reconcile_timeouts_total')).toBe(0);
  });

  it("C5 does not take the user's own abort for a timeout", async () => {
    const metrics = new MetricsRegistry();
    await using env = await gadgetEnv(
      () => {
        AbortSignal.abort().throwIfAborted();
        return done();
      },
      { timeoutMs: 5000, backoff },
      { manager: { metrics } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(env.reconciles(key)).toMatchObject([{ error: { name: 'AbortError' } }]);
    expect(await metricValue(metrics, 'controller_runtime_reconcile_timeouts_total')).toBe(0);
  });

  it('C5 does not take the stop of the manager for a timeout', async () => {
    const metrics = new MetricsRegistry();
    const env = await gadgetEnv(
      (_, ctx) =>
        new Promise<Outcome>((_resolve, reject) => {
          ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error));
        }),
      { timeoutMs: 5000 },
      { manager: { metrics, gracefulShutdownTimeoutMs: 0 } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.clock.advance(4999);
    await env.manager.stop();
    await env.clock.advance(1);
    expect(env.reconciles(key)).toMatchObject([{ error: { name: 'RunAbortedError', reason: 'shutdown' } }]);
    expect(await metricValue(metrics, 'controller_runtime_reconcile_timeouts_total')).toBe(0);
    await env[Symbol.asyncDispose]();
  });

  it('ends an endless asynchronous loop at its timeout, since its clients refuse from then on', async () => {
    let rounds = 0;
    await using env = await gadgetEnv(
      async (object, ctx) => {
        for (;;) {
          rounds++;
          await ctx.client.get({ namespace: 'default', name: object.metadata.name });
          await nextTurn();
        }
      },
      { timeoutMs: 1000, backoff: { baseMs: 3_600_000, maxMs: 3_600_000 } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.clock.advance(1000);
    await env.settled();
    expect(env.reconciles(key)).toMatchObject([{ error: { name: 'RunAbortedError', reason: 'timeout' } }]);
    const before = rounds;
    await nextTurn();
    expect(rounds).toBe(before);
  });

  it('C5 writes what a run said that its timeout has ended, and hears giveUp of the last one', async () => {
    const add = (manager: Manager): unknown =>
      manager
        .controller()
        .for(Gadget, { changed: ['spec'] })
        .options({ timeoutMs: 5000, maxAttempts: 2, backoff: { baseMs: 60_000, maxMs: 60_000 } })
        .reconcile({
          reconcile: (_, ctx) => {
            ctx.conditions.set('Ready', false, 'Connecting', `attempt ${ctx.attempt}`);
            return sleep(ctx.clock, 3_600_000, { signal: ctx.signal }).then(done);
          },
          giveUp: async (_object, _error, ctx) => {
            ctx.conditions.set('GivenUp', true, 'TimedOut', abortReasonOf(ctx.signal) ?? 'not aborted');
            await ctx.clients.resource(Part).create(part('given-up'));
          },
        });
    await using env = await testEnv({ kinds, controllers: [add] });
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.clock.advance(5000);
    await env.settled();
    expect((await gadgets.get(key)).status?.conditions).toMatchObject([{ reason: 'Connecting', message: 'attempt 1' }]);
    await env.clock.advance(65_000);
    await env.settled();
    expect((await gadgets.get(key)).status?.conditions).toMatchObject([
      { type: 'Ready', message: 'attempt 2' },
      { type: 'GivenUp', message: 'not aborted' },
    ]);
    expect(await env.registry.resource(Part).get({ ...key, name: 'given-up' })).toBeDefined();
  });

  it('leaves a run behind that ignores its timeout: other keys go on, its own waits for it', async () => {
    const { logger, lines } = recordingLogger();
    const stuck = deferred();
    let runsOfA = 0;
    await using env = await gadgetEnv(
      async (object) => {
        if (object.metadata.name === 'a' && ++runsOfA === 1) await stuck.promise;
        return done();
      },
      { concurrency: 1, timeoutMs: 1000 },
      { manager: { logger } },
    );
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.clock.advance(0);
    await gadgets.create(gadget('b'));
    await gadgets.patch(key, { type: 'merge', patch: { spec: { size: 9 } } });
    await env.clock.advance(1999);
    expect(env.reconciles()).toHaveLength(0);
    await env.clock.advance(1);
    expect(env.reconciles('default/b')).toHaveLength(1);
    expect(runsOfA).toBe(1);
    expect(lines.some((line) => line.message.includes('left behind'))).toBe(true);
    stuck.resolve();
    await env.settled();
    expect(runsOfA).toBe(2);
  });

  it('C16 runs exactly as many keys at a time as allowed, never one key twice', async () => {
    const running = new Set<string>();
    let most = 0;
    let overlaps = 0;
    await using env = await gadgetEnv(
      async (object) => {
        const { name } = object.metadata;
        if (running.has(name)) overlaps++;
        running.add(name);
        most = Math.max(most, running.size);
        for (let turn = 0; turn < 5; turn++) await nextTurn();
        running.delete(name);
        return done();
      },
      { concurrency: 3 },
    );
    const gadgets = env.registry.resource(Gadget);
    for (let index = 0; index < 30; index++) await gadgets.create(gadget(`g${index}`));
    for (let index = 0; index < 30; index++) {
      await gadgets.patch({ namespace: 'default', name: `g${index}` }, { type: 'merge', patch: { spec: { size: 5 } } });
    }
    await env.settled();
    expect(most).toBe(3);
    expect(overlaps).toBe(0);
  });

  it('changes how many runs go on at the same time, up at once and down without disturbing a run', async () => {
    const metrics = new MetricsRegistry();
    let running = 0;
    let most = 0;
    await using env = await gadgetEnv(
      async () => {
        most = Math.max(most, ++running);
        for (let turn = 0; turn < 5; turn++) await nextTurn();
        running--;
        return done();
      },
      { concurrency: 2 },
      { manager: { metrics } },
    );
    const gadgets = env.registry.resource(Gadget);
    const [controller] = env.manager.controllers.values();
    for (let index = 0; index < 30; index++) await gadgets.create(gadget(`g${index}`));
    await env.settled();
    const mostAtOnce = async (): Promise<number> => {
      most = 0;
      for (let index = 0; index < 30; index++) controller?.trigger({ namespace: 'default', name: `g${index}` });
      await env.settled();
      return most;
    };
    expect(await mostAtOnce()).toBe(2);
    controller?.setConcurrency(5);
    expect(await mostAtOnce()).toBe(5);
    // Four of them wait for a key and go at once.
    controller?.setConcurrency(1);
    expect(await mostAtOnce()).toBe(1);
    controller?.setConcurrency(300);
    expect(await mostAtOnce()).toBe(30);
    expect(await metrics.metrics()).toMatch(/max_concurrent_reconciles\{controller="\w+"\} 300/);
    expect(() => controller?.setConcurrency(0)).toThrow(/concurrency of controller "gadget" must be/);
  });

  it('ends a run of an object that is gone, or tells onGone about it', async () => {
    const gone: string[] = [];
    await using env = await testEnv({
      kinds,
      controllers: [
        (manager) =>
          manager
            .controller('quiet')
            .for(Gadget)
            .reconcile(() => done()),
        (manager) =>
          manager
            .controller('daemon')
            .for(Gadget)
            .reconcile({
              reconcile: () => done(),
              onGone: (which) => {
                gone.push(which.name);
                return done();
              },
            }),
      ],
    });
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.settled();
    await gadgets.delete(key);
    await env.settled();
    expect(gone).toEqual(['a']);
    expect(env.reconciles(key, 'quiet')).toHaveLength(2);
    env.manager.controllers.get('daemon')!.trigger({ namespace: 'default', name: 'never-was' });
    await env.settled();
    expect(gone).toEqual(['a', 'never-was']);
  });
});
