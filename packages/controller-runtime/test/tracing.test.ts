import { done, silentLogger, type Logger, type ManagerOptions, type ReconcileFunction } from '@ecsm/controller-runtime';
import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';

import { Gadget, gadget } from './helpers/gadget.js';
import { gadgetEnv } from './helpers/gadget-env.js';
import { recordingTracer } from './helpers/recording-tracer.js';

/** Runs a reconciler once, on a gadget, and returns the spans there were. */
async function spansOf(reconcile: ReconcileFunction<Gadget>, options: Pick<ManagerOptions, 'redact'> = {}) {
  const { tracer, spans } = recordingTracer();
  await using env = await gadgetEnv(reconcile, { maxAttempts: 1 }, { manager: { tracer, ...options } });
  await env.registry.resource(Gadget).create(gadget('a'));
  await env.settled();
  return spans;
}

describe('tracing', () => {
  it('makes one span for each run, hands it to the run and ends it', async () => {
    const given: unknown[] = [];
    const spans = await spansOf((_, ctx) => {
      given.push(ctx.span);
      return done();
    });
    expect(spans).toMatchObject([
      {
        name: 'reconcile gadget',
        attributes: {
          'ecsm.controller': 'gadget',
          'ecsm.object': 'default/a',
          'ecsm.attempt': 1,
          'ecsm.causes': ['Gadget:added'],
        },
        steps: [['end']],
      },
    ]);
    expect(given).toEqual([spans[0]!.span]);
  });

  it('records what a run failed with before the span ends, and ends it before anything follows', async () => {
    const { tracer, spans } = recordingTracer();
    const whenLogged: unknown[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: () => void whenLogged.push(spans.at(-1)?.steps.map(([step]) => step)),
      child: () => logger,
    };
    await using env = await gadgetEnv(
      () => {
        throw new RangeError('too large');
      },
      { maxAttempts: 1 },
      { manager: { tracer, logger } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(spans.map(({ steps }) => steps)).toEqual([
      [
        [
          'exception',
          { name: 'RangeError', message: 'too large', stack: expect.stringContaining('too large') as unknown },
        ],
        ['status', { code: SpanStatusCode.ERROR, message: 'too large' }],
        ['end'],
      ],
    ]);
    expect(whenLogged).toEqual([['exception', 'status', 'end']]);
  });

  it.each([
    ['an error', () => new Error('hunter2 was refused')],
    ['a string', () => 'hunter2 was refused'],
    ['an object', () => ({ password: 'hunter2' })],
  ])('takes secrets out of %s before they reach a span', async (_, make) => {
    const spans = await spansOf(
      () => {
        throw make() as Error;
      },
      { redact: (message) => message.replaceAll('hunter2', '***') },
    );
    expect(spans.map(({ steps }) => steps.length)).toEqual([3]);
    const recorded = JSON.stringify(spans.map(({ steps, attributes }) => ({ steps, attributes })));
    expect(recorded).toContain('***');
    expect(recorded).not.toContain('hunter2');
  });
});
