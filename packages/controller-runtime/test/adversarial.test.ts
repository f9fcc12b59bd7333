import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { keyOf, type ObjectKey } from '@ecsm/api-types';
import {
  done,
  isLeaseLostError,
  LeaseLock,
  Manager,
  requeueAfter,
  RetryAfterError,
  silentLogger,
  type Trigger,
} from '@ecsm/controller-runtime';
import { testEnv } from '@ecsm/controller-runtime/testing';
import { Registry as MetricsRegistry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { deferred } from './helpers/deferred.js';
import { Gadget, gadget, kinds, Part, part } from './helpers/gadget.js';
import { gadgetEnv } from './helpers/gadget-env.js';
import { leaseRegistry } from './helpers/lease-registry.js';
import { recordingLogger } from './helpers/recording-logger.js';
import { sourcesEnv } from './helpers/sources-env.js';

const key = { namespace: 'default', name: 'a' };

function never<T = never>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

describe('sources that misbehave', () => {
  it('C11 runs a key whose predicate throws, and says so: a change must not be lost', async () => {
    const { logger, lines } = recordingLogger();
    await using env = await sourcesEnv(
      (controller) =>
        controller.for(Gadget, {
          predicates: [
            () => {
              throw new Error('no idea');
            },
          ],
        }),
      { manager: { logger } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(env.reconciles(key)).toHaveLength(1);
    expect(lines).toMatchObject([{ level: 'error', fields: { object: 'default/a', source: 'Gadget' } }]);
  });

  it('C13 passes over what is no key in a stream, and goes on with it', async () => {
    const { logger, lines } = recordingLogger();
    async function* stream(): AsyncGenerator<ObjectKey | Trigger> {
      yield undefined as unknown as ObjectKey;
      yield { name: '' };
      yield { key: { name: 'b' }, priority: 0.5 };
      await Promise.resolve();
      yield key;
    }
    await using env = await sourcesEnv((controller) => controller.trigger(stream()), { manager: { logger } });
    await env.settled();
    expect(env.reconciles(key)).toHaveLength(1);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(3);
  });

  it('C10 maps to ten thousand keys, each named twice, and runs each once', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => ({ name: `k${index}` }));
    await using env = await sourcesEnv((controller) => controller.watches(Part, () => [...names, ...names]));
    await env.registry.resource(Part).create(part('a'));
    await env.settled();
    expect(env.reconciles()).toHaveLength(10_000);
  });

  it('C10 gives up a mapper that does not answer within the timeout of a run, and asks it again', async () => {
    const { logger, lines } = recordingLogger();
    let asked = 0;
    let aborted = 0;
    await using env = await sourcesEnv(
      (controller) =>
        controller
          .watches(Part, async ({ metadata }, { signal }) => {
            signal.addEventListener('abort', () => aborted++);
            if (++asked === 1) await never();
            return [{ name: metadata.name }];
          })
          .options({ timeoutMs: 5000 }),
      { manager: { logger } },
    );
    const parts = env.registry.resource(Part);
    await parts.create(part('a'));
    await parts.create(part('b'));
    await env.advance(4999);
    expect(env.reconciles()).toHaveLength(0);
    await env.advance(1000);
    expect(env.reconciles('a')).toHaveLength(1);
    expect(env.reconciles('b')).toHaveLength(1);
    expect(aborted).toBe(1);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('C10 takes none of the keys of a mapper that names something else among them', async () => {
    const { logger, lines } = recordingLogger();
    await using env = await sourcesEnv(
      (controller) => controller.watches(Part, () => [key, 'default/b' as unknown as ObjectKey]),
      { manager: { logger } },
    );
    await env.registry.resource(Part).create(part('a'));
    await env.settled();
    expect(env.reconciles()).toHaveLength(0);
    expect(String(lines[0]?.fields['err'])).toContain("a key must be an object such as { namespace: 'default', name:");
  });

  it('C10 leads from owners of kinds that nobody knows to nobody', async () => {
    await using env = await sourcesEnv((controller) => controller.for(Gadget).owns(Part));
    const stranger = { apiVersion: 'other.dev/v7', kind: 'Gadget', name: 'a', uid: 'x', controller: true };
    const owned = part('p');
    await env.registry
      .resource(Part)
      .create({ ...owned, metadata: { ...owned.metadata, ownerReferences: [stranger] } });
    await env.settled();
    expect(env.reconciles()).toHaveLength(0);
  });
});

describe('outcomes at the edge', () => {
  it.each([
    [Infinity, 1],
    [2 ** 40, 1],
    [-Infinity, 2],
    [-5, 2],
  ])('C2 asked for %d ms there are, within a day, %d runs', async (afterMs, expected) => {
    let runs = 0;
    await using env = await gadgetEnv(() => (++runs === 1 ? requeueAfter(afterMs) : done()));
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.advance(86_400_000);
    expect(runs).toBe(expected);
    // Whatever was asked for, a change runs the key now.
    await env.registry.resource(Gadget).patch(key, { type: 'merge', patch: { spec: { size: 2 } } });
    await env.settled();
    expect(runs).toBe(expected + 1);
  });

  it('C2 names a time that is none', () => {
    expect(() => requeueAfter(NaN)).toThrow('requeueAfter takes a number of milliseconds, got NaN');
    expect(() => requeueAfter('5' as unknown as number)).toThrow('got 5');
  });

  it("takes no text for a condition's status: 'False' would be true", async () => {
    await using env = await gadgetEnv((_, ctx) => {
      ctx.conditions.set('Ready', 'False' as unknown as boolean, 'Broken');
      return done();
    });
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(env.reconciles(key)[0]?.error).toMatchObject({
      message: "the condition Ready takes true, false or 'Unknown', got 'False'",
    });
    expect((await env.registry.resource(Gadget).get(key)).status).toBeUndefined();
  });

  it('C3 a retry at no time still runs at the next change', async () => {
    await using env = await gadgetEnv((object) => {
      if (object.spec.size === 1) throw new RetryAfterError('never', { afterMs: Infinity });
      return done();
    });
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.advance(100_000);
    expect(env.reconciles(key)).toHaveLength(1);
    await gadgets.patch(key, { type: 'merge', patch: { spec: { size: 2 } } });
    await env.settled();
    expect(env.reconciles(key).at(-1)?.outcome).toEqual(done());
  });

  it('C16 a cleanup that fails for ever keeps its object, is given up, and begins anew at the next change', async () => {
    const givenUp: unknown[] = [];
    await using env = await gadgetEnv(
      {
        reconcile: () => done(),
        cleanup: () => {
          throw new Error('busy');
        },
        giveUp: (_, error) => void givenUp.push(error),
      },
      { maxAttempts: 3, backoff: { baseMs: 10, maxMs: 10 } },
    );
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.settled();
    await gadgets.delete(key);
    await env.advance(60_000);
    expect(givenUp).toHaveLength(1);
    await gadgets.patch(key, { type: 'merge', patch: { metadata: { labels: { again: 'yes' } } } });
    await env.advance(60_000);
    expect(givenUp).toHaveLength(2);
    expect((await gadgets.get(key)).metadata.finalizers).toEqual(['test.dev/gadget']);
  });
});

describe('starts and stops at odd times', () => {
  it('C9 C14 ends at once with a signal that has aborted, and after a stop during the start', async () => {
    const { registry } = leaseRegistry(kinds);
    for (const end of ['signal', 'stop'] as const) {
      const manager = new Manager({ clients: registry, logger: silentLogger });
      let runs = 0;
      manager
        .controller()
        .for(Gadget)
        .reconcile(() => {
          runs++;
          return done();
        });
      const running = manager.run(end === 'signal' ? { signal: AbortSignal.abort() } : {});
      const stopped = end === 'stop' ? [manager.stop(), manager.stop()] : [];
      await expect(manager.run()).rejects.toThrow('a manager runs once');
      await Promise.all([running, ...stopped]);
      expect(runs).toBe(0);
    }
  });

  it('C14 keeps the process alive while it runs, and no longer', () => {
    const worker = fileURLToPath(new URL('helpers/quiet-program-worker.ts', import.meta.url));
    const { stdout, status } = spawnSync(process.execPath, ['--conditions=@ecsm/source', '--import', 'tsx', worker]);
    expect(stdout.toString()).toBe('still here\nended\n');
    expect(status).toBe(0);
  });

  it('C15 ends with the loss of the lead although a run never does', async () => {
    const { registry, clock, leases, key: lease } = leaseRegistry(kinds);
    const begun = deferred();
    const manager = new Manager({
      clients: registry,
      clock,
      logger: silentLogger,
      leaderElection: new LeaseLock({ clients: registry, clock, name: 'lead', identity: 'a', random: () => 0 }),
    });
    manager
      .controller()
      .for(Gadget)
      .reconcile(() => {
        begun.resolve();
        return never();
      });
    await registry.resource(Gadget).create(gadget('a'));
    const running = manager.run();
    await begun.promise;
    const { spec } = await leases.get(lease);
    await leases.patch(lease, { type: 'merge', patch: { spec: { ...spec, holderIdentity: 'b' } } });
    const ended = expect(running).rejects.toSatisfy(isLeaseLostError);
    await clock.advance(2000);
    await ended;
    expect((await leases.get(lease)).spec.holderIdentity).toBe('b');
  });

  it('C14 carries a thousand controllers, without a warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    await using env = await testEnv({
      kinds,
      controllers: [
        (manager) => {
          for (let index = 0; index < 1000; index++) {
            manager
              .controller(`c${index}`)
              .for(Gadget)
              .reconcile(() => done());
          }
        },
      ],
    });
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(env.reconciles()).toHaveLength(1000);
    await env.manager.stop();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('two managers share a metrics registry: counts add up, and the second still reports when the first has stopped', async () => {
    const metrics = new MetricsRegistry();
    const add = (manager: Manager): unknown =>
      manager
        .controller()
        .for(Gadget)
        .reconcile(() => done());
    const first = await testEnv({ kinds, controllers: [add], manager: { metrics } });
    await using second = await testEnv({ kinds, controllers: [add], manager: { metrics } });
    for (const env of [first, second]) {
      await env.registry.resource(Gadget).create(gadget('a'));
      await env.settled();
    }
    const text = async (): Promise<string> => metrics.metrics();
    expect(await text()).toMatch(/reconcile_total\{controller="gadget",result="success"\} 2/);
    await first[Symbol.asyncDispose]();
    await second.registry.resource(Gadget).create(gadget('b'));
    await second.settled();
    expect(await text()).toMatch(/reconcile_total\{controller="gadget",result="success"\} 3/);
    expect(keyOf((await second.registry.resource(Gadget).list()).items[0]!)).toEqual(key);
  });
});
