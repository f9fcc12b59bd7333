import { done, requeue, requeueAfter, RetryAfterError, TerminalError, type Outcome } from '@ecsm/controller-runtime';
import { Registry as MetricsRegistry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { Gadget, gadget } from './helpers/gadget.js';
import { gadgetEnv } from './helpers/gadget-env.js';
import { metricValue } from './helpers/metric-value.js';
import { recordingLogger } from './helpers/recording-logger.js';

const backoff = { baseMs: 1000, maxMs: 60_000 };
const key = { namespace: 'default', name: 'a' };

/** What plain JavaScript may hand over. */
const nothing: unknown = undefined;

function rejectedWith(reason: unknown): Promise<never> {
  const error = reason as Error;
  return Promise.reject(error);
}

describe('outcomes', () => {
  it('C1 retries a failed key with growing backoff, and only a run that succeeds forgets it', async () => {
    const answers: (Outcome | Error)[] = [
      new Error('one'),
      new Error('two'),
      requeue(),
      new Error('three'),
      done(),
      new Error('anew'),
      done(),
    ];
    const attempts: number[] = [];
    await using env = await gadgetEnv(
      (_, ctx) => {
        attempts.push(ctx.attempt);
        const answer = answers.shift() ?? done();
        if (answer instanceof Error) throw answer;
        return answer;
      },
      { backoff },
    );
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.settled();
    expect(env.reconciles(key)).toHaveLength(1);
    // 1 s, then 2 s, then (after requeue) 4 s, then 8 s: the requeue has not reset the backoff.
    for (const [index, delayMs] of [1000, 2000, 4000, 8000].entries()) {
      await env.advance(delayMs - 1);
      expect(env.reconciles(key)).toHaveLength(index + 1);
      await env.advance(1);
      expect(env.reconciles(key)).toHaveLength(index + 2);
    }
    expect(attempts).toEqual([1, 2, 3, 1, 2]);
    await env.advance(3_600_000);
    expect(env.reconciles(key)).toHaveLength(5);
    await gadgets.patch(key, { type: 'merge', patch: { spec: { size: 2 } } });
    await env.settled();
    await env.advance(1000);
    expect(env.reconciles(key).map((run) => run.attempt)).toEqual([1, 2, 3, 1, 2, 1, 2]);
  });

  it('C1 goes on with other keys while one fails, and counts no failure for an event during its backoff', async () => {
    let failures = 0;
    await using env = await gadgetEnv(
      (object) => {
        if (object.metadata.name !== 'a') return done();
        failures++;
        throw new Error('always');
      },
      { backoff, concurrency: 1 },
    );
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.settled();
    await gadgets.create(gadget('b'));
    await env.settled();
    expect(env.reconciles('default/b')).toHaveLength(1);
    for (let size = 2; size < 12; size++) {
      await gadgets.patch(key, { type: 'merge', patch: { spec: { size } } });
    }
    await env.settled();
    // The events run the key at once. Those runs fail too, and count for nothing: the retry stays where it was.
    const soFar = failures;
    expect(soFar).toBeGreaterThan(1);
    await env.advance(999);
    expect(failures).toBe(soFar);
    await env.advance(1);
    expect(failures).toBe(soFar + 1);
    expect(env.reconciles('default/a').at(-1)!.attempt).toBe(2);
    await env.advance(1999);
    expect(failures).toBe(soFar + 1);
    await env.advance(1);
    expect(failures).toBe(soFar + 2);
  });

  it('C2 runs a key again after exactly the time asked for, without calling it a failure', async () => {
    const metrics = new MetricsRegistry();
    const answers: (Outcome | Error)[] = [new Error('first'), requeueAfter(30_000), new Error('second')];
    await using env = await gadgetEnv(
      () => {
        const answer = answers.shift() ?? done();
        if (answer instanceof Error) throw answer;
        return answer;
      },
      { backoff },
      { manager: { metrics } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.advance(1000);
    expect(env.reconciles(key)).toHaveLength(2);
    await env.advance(29_999);
    expect(env.reconciles(key)).toHaveLength(2);
    await env.advance(1);
    expect(env.reconciles(key)).toHaveLength(3);
    // requeueAfter has cleared the backoff: the next failure waits as a first one does.
    await env.advance(1000);
    expect(env.reconciles(key)).toHaveLength(4);
    expect(env.reconciles(key)[2]!.attempt).toBe(1);
    expect(env.reconciles(key)[3]!.causes.at(-1)).toMatchObject({ type: 'retry' });
    expect(await metricValue(metrics, 'controller_runtime_reconcile_total', { result: 'requeue_after' })).toBe(1);
    expect(await metricValue(metrics, 'controller_runtime_reconcile_errors_total')).toBe(2);
  });

  it('C2 keeps the time of a RetryAfterError, and counts it as a failure', async () => {
    const attempts: number[] = [];
    await using env = await gadgetEnv(
      (_, ctx) => {
        attempts.push(ctx.attempt);
        if (attempts.length === 1) throw new RetryAfterError('busy', { afterMs: 45_000 });
        if (attempts.length === 2) throw new Error('still');
        return done();
      },
      { backoff },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.advance(44_999);
    expect(attempts).toEqual([1]);
    await env.advance(1);
    expect(attempts).toEqual([1, 2]);
    await env.advance(2000);
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('C3 does not retry a terminal error, wrapped or not, and runs the key at the next event', async () => {
    const metrics = new MetricsRegistry();
    const errors = [
      new TerminalError('bad'),
      new Error('outer', { cause: new Error('middle', { cause: new TerminalError('inner') }) }),
    ];
    await using env = await gadgetEnv(
      () => {
        const error = errors.shift();
        if (error !== undefined) throw error;
        return done();
      },
      { backoff },
      { manager: { metrics } },
    );
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    for (const size of [2, 3]) {
      await env.advance(3_600_000);
      expect(env.reconciles(key)).toHaveLength(size - 1);
      await gadgets.patch(key, { type: 'merge', patch: { spec: { size } } });
      await env.settled();
      expect(env.reconciles(key)).toHaveLength(size);
    }
    expect(env.reconciles(key)[2]!.outcome).toEqual(done());
    expect(await metricValue(metrics, 'controller_runtime_terminal_reconcile_errors_total')).toBe(2);
    expect(await metricValue(metrics, 'controller_runtime_reconcile_errors_total')).toBe(2);
  });

  it('C3 counts a terminal error as no attempt: what follows it is no retry', async () => {
    const errors = [new Error('passing'), new TerminalError('bad'), new TerminalError('worse'), new Error('passing')];
    await using env = await gadgetEnv(
      () => {
        const error = errors.shift();
        if (error !== undefined) throw error;
        return done();
      },
      { backoff, maxAttempts: 3 },
    );
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.advance(1000);
    for (const size of [2, 3]) {
      await gadgets.patch(key, { type: 'merge', patch: { spec: { size } } });
      await env.settled();
    }
    await env.advance(2000);
    expect(env.reconciles(key).map((run) => run.attempt)).toEqual([1, 2, 2, 2, 3]);
    expect(env.reconciles(key).at(-1)!.outcome).toEqual(done());
  });

  it.each<[what: string, outcome: unknown, shown: string]>([
    ['an outcome that was not called', done, 'got [Function: done]'],
    ['a wish in the words of another runtime', { requeue: true }, 'got {"requeue":true}'],
    ['an object without a prototype', Object.create(null), 'got {}'],
    ['an outcome without its time', { type: 'requeueAfter' }, 'got {"type":"requeueAfter"}'],
  ])('C4 refuses %s, and shows it', async (_, outcome, shown) => {
    await using env = await gadgetEnv(() => outcome as Outcome, { backoff });
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    const message = `a reconciler must return done(), requeue() or requeueAfter(ms), ${shown}`;
    expect(env.reconciles(key)).toMatchObject([{ error: new TypeError(message) }]);
  });

  it.each<[string, () => Outcome | Promise<Outcome>, number]>([
    [
      'an Error thrown at once',
      () => {
        throw new Error('sync');
      },
      0,
    ],
    ['a rejection', () => Promise.reject(new Error('async')), 0],
    ['a string', () => rejectedWith('a string'), 1],
    ['nothing at all', () => rejectedWith(undefined), 1],
    ['a TypeError', () => (nothing as { call(): Outcome }).call(), 1],
    ['no outcome', () => nothing as Outcome, 1],
    [
      'a network failure of fetch',
      () => Promise.reject(new TypeError('fetch failed', { cause: new Error('reset') })),
      0,
    ],
  ])('C4 survives %s, reports it with controller, key and attempt, and retries', async (_, fail, panics) => {
    const metrics = new MetricsRegistry();
    const { logger, lines } = recordingLogger();
    let first = true;
    await using env = await gadgetEnv(
      () => {
        if (!first) return done();
        first = false;
        return fail();
      },
      { backoff },
      { manager: { metrics, logger } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.advance(1000);
    expect(env.reconciles(key).at(-1)!.outcome).toEqual(done());
    expect(lines.filter((line) => line.level === 'error')).toMatchObject([
      {
        fields: {
          controller: 'gadget',
          object: 'default/a',
          attempt: 1,
          cause: 'Gadget added',
          err: expect.any(Error) as Error,
        },
      },
    ]);
    expect(await metricValue(metrics, 'controller_runtime_reconcile_panics_total')).toBe(panics);
    expect(await metricValue(metrics, 'controller_runtime_reconcile_errors_total')).toBe(1);
    expect(await metricValue(metrics, 'controller_runtime_active_workers')).toBe(0);
  });

  it('C4 ends the program with a programming error where recovery is off', async () => {
    const env = await gadgetEnv(
      () => {
        throw new ReferenceError('x is not defined');
      },
      { recoverPanics: false },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await expect(env.settled()).rejects.toThrow('x is not defined');
    await env[Symbol.asyncDispose]();
  });

  it('C6 keeps the priority of a key for error, requeue and requeueAfter, unless the outcome says otherwise', async () => {
    const wanted = new Map<string, Outcome | Error>([
      ['error', new Error('fails')],
      ['requeue', requeue()],
      ['after', requeueAfter(1000)],
      ['requeue-high', requeue({ priority: 7 })],
      ['after-high', requeueAfter(1000, { priority: 8 })],
    ]);
    const answers = new Map<string, Outcome | Error>();
    await using env = await gadgetEnv(
      (object) => {
        const answer = answers.get(object.metadata.name);
        answers.delete(object.metadata.name);
        if (answer instanceof Error) throw answer;
        return answer ?? done();
      },
      { backoff },
    );
    const controller = env.manager.controllers.get('gadget')!;
    const names = [...wanted.keys()];
    for (const name of names) await env.registry.resource(Gadget).create(gadget(name));
    await env.settled();
    for (const [name, answer] of wanted) answers.set(name, answer);
    for (const name of names) controller.trigger({ key: { namespace: 'default', name }, priority: 5 });
    await env.settled();
    const priorities = Object.fromEntries(controller.inspect().delayed.map((item) => [item.key, item.priority]));
    expect(priorities).toEqual({
      'default/error': 5,
      'default/requeue': 5,
      'default/after': 5,
      'default/requeue-high': 7,
      'default/after-high': 8,
    });
  });

  it('gives a key up after maxAttempts failures in a row, and starts anew at the next event', async () => {
    const metrics = new MetricsRegistry();
    const given: string[] = [];
    await using env = await gadgetEnv(
      {
        reconcile: () => {
          throw new Error('never works');
        },
        giveUp: (object, error, ctx) => {
          given.push(`${object.metadata.name} ${String(error)} ${ctx.attempt}`);
          ctx.conditions.set('Ready', false, 'GaveUp');
        },
      },
      { backoff, maxAttempts: 3 },
      { manager: { metrics } },
    );
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.advance(3000);
    expect(given).toEqual(['a Error: never works 3']);
    expect((await gadgets.get(key)).status?.conditions).toMatchObject([{ type: 'Ready', reason: 'GaveUp' }]);
    expect(await metricValue(metrics, 'controller_giveups_total')).toBe(1);
    // The condition written by giveUp is an event of the object: it may try once more, from attempt 1 on.
    expect(env.reconciles(key).map((run) => run.attempt)).toEqual([1, 2, 3, 1]);
  });

  it('tells first failure, attempt and causes to the next try', async () => {
    const seen: { attempt: number; firstFailureAt: number | undefined }[] = [];
    await using env = await gadgetEnv(
      (_, ctx) => {
        seen.push({ attempt: ctx.attempt, firstFailureAt: ctx.firstFailureAt });
        if (seen.length < 3) throw new Error('not yet');
        return done();
      },
      { backoff },
    );
    const startedAt = env.clock.now();
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.advance(3000);
    expect(seen).toEqual([
      { attempt: 1, firstFailureAt: undefined },
      { attempt: 2, firstFailureAt: startedAt },
      { attempt: 3, firstFailureAt: startedAt },
    ]);
    expect(env.reconciles(key).map((run) => run.causes.map((cause) => cause.type))).toEqual([
      ['added'],
      ['retry'],
      ['retry'],
    ]);
  });
});
