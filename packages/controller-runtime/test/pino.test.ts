import { Writable } from 'node:stream';

import { done } from '@ecsm/controller-runtime';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';

import { Gadget, gadget } from './helpers/gadget.js';
import { gadgetEnv } from './helpers/gadget-env.js';

/** A line as pino writes it. */
type Line = Readonly<Record<string, unknown>>;

/** A pino logger and the lines that it wrote. */
function pinoLogger() {
  const lines: Line[] = [];
  const target = new Writable({
    write(chunk: Buffer, _, callback) {
      for (const line of chunk.toString().trim().split('\n')) lines.push(JSON.parse(line) as Line);
      callback();
    },
  });
  return { logger: pino({ level: 'debug' }, target), lines };
}

const errorLevel = 50;

describe('a pino logger', () => {
  it('is taken as it is: lines of a run name controller, object, attempt and cause, and errors have their stack', async () => {
    const { logger, lines } = pinoLogger();
    let runs = 0;
    await using env = await gadgetEnv(
      (_, ctx) => {
        ctx.log.info({ size: 3 }, 'looking');
        if (++runs === 1) throw new Error('the disk is full', { cause: new Error('ENOSPC') });
        return done();
      },
      { backoff: { baseMs: 1000 } },
      { manager: { logger } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.advance(1000);
    expect(lines.filter(({ msg }) => msg === 'looking')).toMatchObject([
      { level: 30, controller: 'gadget', object: 'default/a', attempt: 1, cause: 'Gadget added', size: 3 },
      { level: 30, controller: 'gadget', object: 'default/a', attempt: 2, cause: 'gadget retry', size: 3 },
    ]);
    const failures = lines.filter(({ level }) => level === errorLevel);
    expect(failures).toMatchObject([
      {
        controller: 'gadget',
        object: 'default/a',
        attempt: 1,
        cause: 'Gadget added',
        err: { type: 'Error', message: 'the disk is full: ENOSPC' },
      },
    ]);
    const { stack } = failures[0]?.['err'] as { readonly stack: string };
    expect(stack).toMatch(/^Error: the disk is full\n +at /);
    expect(stack).toMatch(/caused by: Error: ENOSPC\n +at /);
    expect(stack).toContain('pino.test.ts');
  });

  it('gets errors in its own form without their secrets, too', async () => {
    const { logger, lines } = pinoLogger();
    await using env = await gadgetEnv(
      () => {
        throw new TypeError('hunter2 was refused');
      },
      {},
      { manager: { logger, redact: (message) => message.replaceAll('hunter2', '***') } },
    );
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(lines.filter(({ level }) => level === errorLevel)).toMatchObject([
      {
        controller: 'gadget',
        object: 'default/a',
        err: {
          type: 'TypeError',
          message: '*** was refused',
          stack: expect.stringMatching(/^TypeError: \*\*\* was refused\n +at /) as string,
        },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});
