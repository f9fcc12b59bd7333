import { Writable } from 'node:stream';

import { ecsmScheme } from '@ecsm/api-types';
import {
  consoleLogger,
  done,
  Finalizers,
  isLeaseLostError,
  isPanic,
  isRetryAfterError,
  isRunAbortedError,
  isTerminalError,
  Manager,
  type ControllerOptions,
  type Logger,
  type ManagerOptions,
} from '@ecsm/controller-runtime';
import { testEnv } from '@ecsm/controller-runtime/testing';
import { MemoryStore, Registry } from '@ecsm/registry';
import type { Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';

import { deferred } from './helpers/deferred.js';
import { Gadget, gadget, kinds, Part, part } from './helpers/gadget.js';
import { gadgetEnv } from './helpers/gadget-env.js';
import { hostileValues } from './helpers/hostile-values.js';
import { recordingLogger } from './helpers/recording-logger.js';
import { recordingTracer } from './helpers/recording-tracer.js';
import { sourcesEnv } from './helpers/sources-env.js';

const key = { namespace: 'default', name: 'a' };

/** The loggers programs have, each with what it wrote. */
const loggers: readonly (readonly [
  what: string,
  make: () => { readonly logger: Logger; readonly text: () => string },
])[] = [
  [
    'the console logger',
    () => {
      const lines: string[] = [];
      return { logger: consoleLogger({ write: (line) => lines.push(line) }), text: () => lines.join('\n') };
    },
  ],
  [
    'pino',
    () => {
      const lines: string[] = [];
      const write = (chunk: Buffer, _: unknown, callback: () => void): void => {
        lines.push(chunk.toString());
        callback();
      };
      return { logger: pino(new Writable({ write })), text: () => lines.join('') };
    },
  ],
];

// A rejection that nobody handles fails the whole test run.
describe.each(hostileValues)('%s', (_, make) => {
  it.each(loggers)('C4 thrown by a run is reported by %s, retried and given up', async (_name, makeLogger) => {
    const { logger, text } = makeLogger();
    const { tracer } = recordingTracer();
    const given: unknown[] = [];
    await using env = await gadgetEnv(
      {
        reconcile: () => {
          throw make();
        },
        giveUp: (_object, error) => {
          given.push(error);
          throw make();
        },
      },
      { maxAttempts: 3, backoff: { baseMs: 1000, maxMs: 1000 } },
      { manager: { logger, tracer, redact: (message) => message.replaceAll('secret', '***') } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.advance(10_000);
    expect(env.reconciles(key)).toHaveLength(3);
    expect(given).toHaveLength(1);
    expect(text().match(/a run failed and is tried again/g)).toHaveLength(2);
    expect(text()).toContain('giveUp itself failed');
  });

  it('thrown by a mapper is reported and tried again', async () => {
    let calls = 0;
    await using env = await sourcesEnv(
      (controller) =>
        controller.watches(Part, ({ metadata }) => {
          if (++calls === 1) throw make();
          return [{ name: metadata.name, namespace: 'default' }];
        }),
      { manager: { logger: consoleLogger({ write: () => undefined }) } },
    );
    await env.registry.resource(Part).create(part('a'));
    await env.advance(1000);
    expect(env.reconciles(key)).toHaveLength(1);
  });

  it('thrown by checks, streams and runnables does not end the process', async () => {
    const streams = ['x', 'y'];
    const env = await testEnv({
      kinds,
      controllers: [
        (manager) => {
          manager.addHealthCheck('hostile', () => {
            throw make();
          });
          for (const name of streams) {
            manager
              .controller(name)
              .trigger(() => {
                throw make();
              })
              .reconcileKeys(() => done());
          }
        },
      ],
      manager: { logger: consoleLogger({ write: () => undefined }) },
    });
    expect(await env.manager.health()).toMatchObject({ ok: false });
    await env[Symbol.asyncDispose]();
  });

  it('is told by the guards for what it is', () => {
    for (const is of [isTerminalError, isRetryAfterError, isLeaseLostError, isRunAbortedError]) {
      expect(is(make())).toBe(false);
    }
    expect(typeof isPanic(make())).toBe('boolean');
  });
});

describe('a program that fails where it only listens', () => {
  const fail = (): never => {
    throw new Error('not even this works');
  };

  it('C4 goes on when its logger throws', async () => {
    const logger: Logger = { debug: fail, info: fail, warn: fail, error: fail, child: fail };
    let runs = 0;
    await using env = await gadgetEnv(
      () => {
        if (++runs === 1) throw new Error('first');
        return done();
      },
      { backoff: { baseMs: 1000 } },
      { manager: { logger } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.advance(1000);
    expect(env.reconciles(key).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  /** A gadget whose first run fails and whose second does not, in a program with a part that fails. */
  async function attemptsWith(options: ControllerOptions, manager: Partial<ManagerOptions>) {
    const { logger, lines } = recordingLogger();
    await using registry = new Registry({ store: new MemoryStore(), scheme: ecsmScheme.with(...kinds) });
    await registry.resource(Gadget).create(gadget('a'));
    await using program = new Manager({ clients: registry, logger, ...manager });
    const attempts: number[] = [];
    const over = deferred();
    program
      .controller()
      .for(Gadget)
      .options(options)
      .reconcile((_, ctx) => {
        if (attempts.push(ctx.attempt) === 1) throw new Error('secret');
        over.resolve();
        return done();
      });
    const ended = program.run();
    await over.promise;
    await program.stop();
    await ended;
    return { attempts, lines };
  }

  it('C4 goes on when onRun throws', async () => {
    const { attempts, lines } = await attemptsWith({}, { onRun: fail });
    expect(attempts).toEqual([1, 2]);
    expect(lines.filter(({ message }) => message === 'onRun failed on a run')).toHaveLength(2);
  });

  it('C4 goes on when its tracer throws before the run, its span within', async () => {
    const broken: Tracer = { startSpan: fail, startActiveSpan: fail };
    expect((await attemptsWith({}, { tracer: broken })).attempts).toEqual([1, 2]);
    const { tracer, spans } = recordingTracer();
    const startActiveSpan = (name: string, options: SpanOptions, act: (span: Span) => unknown): unknown =>
      act(Object.assign(tracer.startSpan(name, options), { recordException: fail, setStatus: fail, end: fail }));
    const half = { ...tracer, startActiveSpan } as Tracer;
    expect((await attemptsWith({}, { tracer: half })).attempts).toEqual([1, 2]);
    expect(spans).toHaveLength(2);
  });

  it.each([
    ['throws', { when: fail, forget: fail, retries: fail }],
    ['names no time', { when: () => NaN, forget: () => undefined, retries: () => 0 }],
  ])('C4 retries a second later when its rate limiter %s', async (_, backoff) => {
    let runs = 0;
    await using env = await gadgetEnv(
      () => {
        if (++runs === 1) throw new Error('first');
        return done();
      },
      { backoff },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(runs).toBe(1);
    await env.advance(1000);
    expect(runs).toBe(2);
  });

  it.each([
    ['throws', fail],
    ['returns nothing', () => undefined as unknown as string],
  ])('keeps back what it would have shown when redact %s', async (_, redact) => {
    const { attempts, lines } = await attemptsWith({}, { redact });
    expect(attempts).toEqual([1, 2]);
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(JSON.stringify(lines)).toContain('redact failed');
  });

  it('C4 tells why each of several cleanups failed, and a log shows the causes of an error', async () => {
    const text: string[] = [];
    const logger = consoleLogger({ write: (line) => text.push(line) });
    logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'it failed');
    expect(text.join()).toMatch(/Error: outer.*caused by: Error: inner/);
    const finalizers = new Finalizers<Gadget>();
    for (const name of ['one', 'two']) {
      finalizers.register(`test.dev/${name}`, () => {
        throw new Error(`${name} is busy`);
      });
    }
    await using env = await testEnv({ kinds });
    const gadgets = env.registry.resource(Gadget);
    const object = await finalizers.ensure(await gadgets.create(gadget('a')), { client: gadgets });
    await expect(finalizers.finalize(object, { client: gadgets })).rejects.toThrow(
      '2 cleanups failed: one is busy; two is busy',
    );
  });
});
