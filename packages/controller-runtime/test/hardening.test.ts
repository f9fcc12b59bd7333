import { ecsmScheme, Event, type Clock } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import {
  done,
  EventRecorder,
  LeaseLock,
  Manager,
  requeueAfter,
  silentLogger,
  TerminalError,
  consoleLogger,
} from '@ecsm/controller-runtime';
import { testEnv } from '@ecsm/controller-runtime/testing';
import { MemoryStore, Registry } from '@ecsm/registry';
import { describe, expect, it } from 'vitest';

import { LoopMonitor, type LoopBlock } from '../src/internal/loop-monitor.js';
import { Gadget, gadget, kinds, Part, part } from './helpers/gadget.js';
import { gadgetEnv } from './helpers/gadget-env.js';
import { recordingLogger } from './helpers/recording-logger.js';

const key = { namespace: 'default', name: 'a' };

describe('events', () => {
  it('writes the first occurrence at once and repeated ones at most once a minute, with their count', async () => {
    let runs = 0;
    await using env = await gadgetEnv((_, ctx) => {
      ctx.event('Warning', 'Slow', `run ${++runs}`);
      return requeueAfter(1000);
    });
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    const events = env.registry.resource(Event);
    const only = async () => {
      const { items } = await events.list();
      expect(items).toHaveLength(1);
      return items[0]!;
    };
    expect(await only()).toMatchObject({
      count: 1,
      type: 'Warning',
      reason: 'Slow',
      message: 'run 1',
      involvedObject: { kind: 'Gadget', name: 'a', namespace: 'default' },
      source: { component: 'gadget' },
    });
    await env.advance(59_000);
    expect(await only()).toMatchObject({ count: 1 });
    await env.advance(1000);
    expect(await only()).toMatchObject({ count: 60, message: 'run 60' });
    const { resourceVersion } = (await only()).metadata;
    await env.advance(30_000);
    expect((await only()).metadata.resourceVersion).toBe(resourceVersion);
    // The stop writes what is still counted.
    await env.manager.stop();
    expect(await only()).toMatchObject({ count: runs });
  });

  it('goes on counting where an earlier process stopped, and tries again what could not be written', async () => {
    await using env = await testEnv({ kinds });
    const object = await env.registry.resource(Gadget).create(gadget('a'));
    const record = async (times: number, fails = false) => {
      const broken = {
        resource: () => {
          throw new Error('no store');
        },
      };
      const { clock } = env;
      const recorder = new EventRecorder({ clients: fails ? broken : env.registry, clock, log: silentLogger });
      for (let index = 0; index < times; index++) recorder.record(object, 'Normal', 'Seen', 'again', 'test');
      await recorder.close();
      await recorder.close();
    };
    await record(3);
    await record(2);
    await record(1, true);
    expect((await env.registry.resource(Event).list()).items).toMatchObject([{ count: 5 }]);
  });

  it('forgets what does not happen again, and needs no timer then', async () => {
    await using env = await testEnv({ kinds });
    const object = await env.registry.resource(Gadget).create(gadget('a'));
    const clock = new ManualClock();
    const recorder = new EventRecorder({ clients: env.registry, clock, log: silentLogger });
    const record = (reason: string) => recorder.record(object, 'Normal', reason, 'again', 'test');
    const counts = async () => {
      const { items } = await env.registry.resource(Event).list();
      return Object.fromEntries(items.map(({ reason, count }) => [reason, count]));
    };
    record('Early');
    await clock.advance(30_000);
    record('Late');
    record('Late');
    await clock.advance(30_000);
    expect(await counts()).toEqual({ Early: 1, Late: 1 });
    await clock.advance(30_000);
    expect(await counts()).toEqual({ Early: 1, Late: 2 });
    await clock.advance(60_000);
    expect(clock.pendingTimers).toBe(0);
    record('Early');
    await clock.advance(0);
    expect(await counts()).toEqual({ Early: 2, Late: 2 });
    await recorder.close();
  });

  it('says of one that cannot be stored as it is why, once, and does not try it again', async () => {
    await using env = await testEnv({ kinds });
    const object = await env.registry.resource(Gadget).create(gadget('a'));
    const clock = new ManualClock();
    const { logger, lines } = recordingLogger();
    const recorder = new EventRecorder({ clients: env.registry, clock, log: logger });
    const wrong = { type: 'Error' as string };
    recorder.record(object, wrong.type as 'Warning', 'Broken', 'it broke', 'test');
    await clock.advance(600_000);
    expect(clock.pendingTimers).toBe(0);
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn an event cannot be stored as it is and is left out',
    ]);
    expect(String(lines[0]?.fields['err'])).toContain('type');
    await recorder.close();
    expect((await env.registry.resource(Event).list()).items).toEqual([]);
  });

  it('takes secrets out of messages, in events and in the log', async () => {
    const { logger, lines } = recordingLogger();
    await using env = await gadgetEnv(
      (_, ctx) => {
        ctx.event('Normal', 'Login', 'with hunter2');
        throw new TerminalError('hunter2 was refused');
      },
      {},
      { manager: { logger, redact: (message) => message.replaceAll('hunter2', '***') } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect((await env.registry.resource(Event).list()).items).toMatchObject([{ message: 'with ***' }]);
    expect(lines.filter((line) => line.level === 'error')).toHaveLength(1);
    expect(JSON.stringify(lines)).toContain('*** was refused');
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});

describe('health checks', () => {
  it('take false for a failure, as plain JavaScript says it', async () => {
    await using env = await testEnv({ kinds });
    env.manager.addHealthCheck('link', () => false as unknown as undefined);
    expect(await env.manager.health()).toMatchObject({
      ok: false,
      checks: expect.arrayContaining([
        { name: 'link', ok: false, reason: 'the check returned false: throw an error that says why' },
      ]) as unknown,
    });
  });
});

describe('redact', () => {
  it('reaches the errors of mappers and of health checks, too', async () => {
    const { logger, lines } = recordingLogger();
    const refused = (): never => {
      throw new Error('hunter2 was refused');
    };
    await using env = await testEnv({
      kinds,
      manager: { logger, redact: (message) => message.replaceAll('hunter2', '***') },
      controllers: [
        (manager) =>
          manager
            .controller()
            .for(Gadget)
            .watches(Part, refused)
            .reconcile(() => done()),
      ],
    });
    env.manager.addHealthCheck('login', refused);
    await env.registry.resource(Part).create(part('p'));
    await env.settled();
    const failures = lines.filter((line) => line.level === 'error');
    expect(failures).toMatchObject([{ fields: { err: { type: 'Error', message: '*** was refused' } } }]);
    expect((await env.manager.health()).checks).toContainEqual({ name: 'login', ok: false, reason: '*** was refused' });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});

describe('leading', () => {
  it('sees before its next write that the lease ran out while a run blocked the event loop', async () => {
    const clock = new ManualClock();
    let blockedMs = 0;
    // A blocked loop: time has passed, and no timer could tell.
    const slow: Clock = {
      now: () => clock.now() + blockedMs,
      monotonicNow: () => clock.monotonicNow() + blockedMs,
      setTimer: clock.setTimer.bind(clock),
    };
    const registry = new Registry({ store: new MemoryStore({ clock }), clock, scheme: ecsmScheme.with(...kinds) });
    await registry.resource(Gadget).create(gadget('a'));
    const leaderElection = new LeaseLock({ clients: registry, name: 'lead', clock: slow });
    await using manager = new Manager({ clients: registry, clock: slow, logger: silentLogger, leaderElection });
    const refused: unknown[] = [];
    manager
      .controller()
      .for(Gadget)
      .reconcile(async (object, ctx) => {
        blockedMs = 10_000;
        await ctx.client.update({ ...object, spec: { size: 99 } }).catch((error: unknown) => refused.push(error));
        return done();
      });
    const failed = manager.run().catch((error: unknown) => error);
    await manager.started();
    await clock.advance(100);
    expect(await failed).toMatchObject({ code: 'LEASE_LOST', message: /not renewed in time/ });
    expect(refused).toHaveLength(1);
    expect((await registry.resource(Gadget).get(key)).spec.size).toBe(1);
  });
});

describe('on the real clock', () => {
  async function realManager(
    options: Partial<ConstructorParameters<typeof Manager>[0]>,
    reconcile: () => Promise<void> | void,
    until: () => boolean,
  ): Promise<void> {
    const registry = new Registry({ store: new MemoryStore(), scheme: ecsmScheme.with(...kinds) });
    await registry.resource(Gadget).create(gadget('a'));
    await using manager = new Manager({ clients: registry, logger: silentLogger, ...options });
    manager
      .controller()
      .for(Gadget)
      .reconcile(async () => {
        await reconcile();
        return done();
      });
    const running = manager.run();
    while (!until()) await new Promise((resolve) => setImmediate(resolve));
    await manager.stop();
    await running;
  }

  it('reports a run that blocked the event loop, afterwards', async () => {
    const { logger, lines } = recordingLogger();
    const blocked = () => lines.filter((line) => line.message.includes('event loop was blocked'));
    await realManager(
      { logger, blockedLoopThresholdMs: 100 },
      () => {
        const end = performance.now() + 150;
        while (performance.now() < end);
      },
      () => blocked().length > 0,
    );
    expect(blocked()[0]).toMatchObject({ level: 'warn', fields: { suspects: ['gadget "default/a"'] } });
    expect(blocked()[0]!.fields['blockedMs']).toBeGreaterThanOrEqual(50);
  });

  it('names a key once, however often it ran while the loop was blocked', () => {
    let now = 0;
    let tick = (): void => undefined;
    const clock: Clock = {
      now: () => now,
      monotonicNow: () => now,
      setTimer: (callback) => {
        tick = callback;
        return { cancel: () => undefined };
      },
    };
    const blocks: LoopBlock[] = [];
    const monitor = new LoopMonitor(clock, 100, (block) => blocks.push(block));
    for (const run of [{}, {}, {}]) {
      monitor.begin(run, 'gadget "default/a"');
      monitor.end(run);
    }
    now = 5050;
    tick();
    expect(blocks).toEqual([{ blockedMs: 5000, suspects: ['gadget "default/a"'] }]);
  });

  it('C4 attributes a forgotten promise to its run, and the process lives on', async () => {
    const { logger, lines } = recordingLogger();
    const forgotten = () => lines.filter((line) => line.message.includes('started and forgot'));
    // The test runner listens for unhandled rejections as well, and would fail the test.
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      await realManager(
        { logger, handleUnhandledRejections: true },
        () => {
          void new Promise((_, reject) => {
            setImmediate(() => {
              reject(new Error('nobody waits for me'));
            });
          });
        },
        () => forgotten().length > 0,
      );
    } finally {
      for (const listener of others) process.on('unhandledRejection', listener);
    }
    expect(forgotten()).toMatchObject([
      {
        level: 'error',
        fields: { controller: 'gadget', object: 'default/a', attempt: 1, err: { message: 'nobody waits for me' } },
      },
    ]);
    expect(process.listeners('unhandledRejection')).toEqual(others);
  });
});

describe('faults', () => {
  it('come through conflicts, 429, dropped and expired watches', async () => {
    await using env = await gadgetEnv(
      async (object, ctx) => {
        if (object.metadata.labels?.['done'] === 'yes') return done();
        await ctx.client.patch(ctx.key, { type: 'merge', patch: { metadata: { labels: { done: 'yes' } } } });
        return done();
      },
      { backoff: { baseMs: 1000 } },
    );
    env.faults.conflict({ kind: Gadget });
    env.faults.tooManyRequests({ kind: Gadget, verb: 'patch', times: 2 });
    env.faults.dropWatches();
    env.faults.expireWatches();
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.advance(60_000);
    expect((await env.registry.resource(Gadget).get(key)).metadata.labels).toEqual({ done: 'yes' });
    const failed = env
      .reconciles(key)
      .flatMap((run) => ('error' in run ? [(run.error as { reason: string }).reason] : []));
    expect(failed).toEqual(['Conflict', 'TooManyRequests', 'TooManyRequests']);
  });

  it('refuse a selection that would hit nothing, or without end', async () => {
    await using env = await gadgetEnv(() => done());
    const { faults } = env;
    const wrong = (selection: object) => () => faults.conflict(selection);
    expect(wrong({ kind: 'Gadget' })).toThrow("kind of a fault must be what defineKind({ … }) returns, got 'Gadget'");
    expect(wrong({ verb: 'put' })).toThrow('verb of a fault must be one of get, list, ');
    expect(wrong({ times: 0 })).toThrow('times of a fault must be a whole number of at least 1, got 0');
    expect(wrong({ kinds: [Gadget] })).toThrow('a fault has no option "kinds": did you mean "kind"?');
    expect(() => faults.dropWatches('Gadget' as never)).toThrow('kind of a fault must be');
  });

  it('names the keys that do not come to rest', async () => {
    await using env = await gadgetEnv(async (_, ctx) => {
      await new Promise<void>((resolve) => ctx.clock.setTimer(resolve, 5000));
      return done();
    });
    await env.registry.resource(Gadget).create(gadget('a'));
    await expect(env.settled()).rejects.toThrow(/no rest: gadget "default\/a"/);
    await env.clock.advance(5000);
    await env.settled();
  });
});

describe('consoleLogger', () => {
  it('writes one line each, of the level asked for, whatever the fields hold', () => {
    const lines: string[] = [];
    const logger = consoleLogger({ level: 'warn', write: (line) => lines.push(line) }).child({ controller: 'x y' });
    const ring: Record<string, unknown> = { big: 10n };
    ring['self'] = ring;
    logger.info({}, 'not this');
    logger.warn({ key: 'default/a', n: 1, none: undefined, ring }, 'this');
    logger.error({ err: new TerminalError('broken') }, 'that');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(
      'WARN this controller="x y" key=default/a n=1 ring=<ref *1> { big: 10n, self: [Circular *1] }',
    );
    expect(lines[1]).toMatch(/^ERROR that controller="x y" err="TerminalError: broken\\n/);
  });
});
