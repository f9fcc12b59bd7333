import { WatchIdleError } from '@ecsm/informer';
import { describe, expect, it } from 'vitest';

import { setUp, startAndSync, watchVersionsAsked, widget } from './helpers/widget.js';

const refused = new Error('connection refused');

describe('a source that is silent or fails', () => {
  it('I25 gives up a watch that is silent for a time drawn from the limit to its double, and resumes it', async () => {
    for (const [random, limitMs] of [
      [0, 10_000],
      [0.5, 15_000],
    ] as const) {
      const setup = setUp({ idleTimeoutMs: 10_000, random: () => random });
      const { source, clock, errors } = setup;
      source.put(widget('a'));
      await startAndSync(setup);
      source.isSilent = true;
      source.put(widget('a', 2));
      await clock.advance(limitMs - 1);
      expect(source.requestsOf('watch')).toHaveLength(1);
      source.isSilent = false;
      await clock.advance(1);
      expect(watchVersionsAsked(source)).toEqual(['1', '1']);
      expect(errors[0]).toBeInstanceOf(WatchIdleError);
      expect(source.requestsOf('list')).toHaveLength(1);
      expect(setup.news()).toEqual(['added a initially', 'modified a 1->2']);
    }
  });

  it('I25 takes a bookmark for a sign of life', async () => {
    const setup = setUp({ idleTimeoutMs: 10_000 });
    const { source, clock, informer } = setup;
    await startAndSync(setup);
    for (let n = 0; n < 5; n++) {
      await clock.advance(9000);
      source.bookmark();
      await clock.advance(0);
    }
    expect(source.requestsOf('watch')).toHaveLength(1);
    expect(informer.health().lastSignAgeMs).toBe(0);
    await clock.advance(10_000);
    expect(source.requestsOf('watch')).toHaveLength(2);
    expect(informer.health().lastSignAgeMs).toBe(10_000);
  });

  it('I26 waits longer after each failure, up to a limit, and starts over after an event', async () => {
    const setup = setUp({ backoff: { baseMs: 100, maxMs: 1000 } });
    const { source, clock, informer } = setup;
    await startAndSync(setup);
    const delaysMs: number[] = [];
    for (let n = 0; n < 6; n++) {
      source.failNext('watch', refused);
      await clock.advance(n === 0 ? 0 : delaysMs.at(-1)!);
      delaysMs.push(nextRetryMs(setup.clock));
    }
    expect(delaysMs).toEqual([100, 200, 400, 800, 1000, 1000]);
    await clock.advance(1000);
    expect(informer.health()).toMatchObject({ state: 'watching', failures: 6 });
    source.put(widget('a'));
    await clock.advance(0);
    expect(informer.health()).toMatchObject({ failures: 0, lastError: undefined });
    source.failNext('watch', refused);
    await clock.advance(0);
    expect(nextRetryMs(clock)).toBe(100);
  });

  it('I26 starts over after a watch that lasted, even without an event', async () => {
    const setup = setUp({ backoff: { baseMs: 100, calmMs: 5000 } });
    const { source, clock, informer } = setup;
    await startAndSync(setup);
    for (let n = 0; n < 3; n++) source.failNext('watch', refused);
    await clock.advance(700);
    expect(informer.health()).toMatchObject({ state: 'watching', failures: 3 });
    await clock.advance(5000);
    source.failNext('watch', refused);
    await clock.advance(0);
    expect(informer.health().failures).toBe(1);
    expect(nextRetryMs(clock)).toBe(100);
  });

  it('I26 draws a share of each delay', async () => {
    const setup = setUp({ random: () => 0.5, backoff: { baseMs: 1000, jitter: 0.2 } });
    setup.source.failNext('list', refused);
    setup.informer.start();
    await setup.clock.advance(0);
    expect(nextRetryMs(setup.clock)).toBe(900);
  });
});

/** The delay of the retry that is set, beside the timer for the next comparison. */
function nextRetryMs(clock: { readonly nextTimerInMs: number | undefined }): number {
  return clock.nextTimerInMs ?? Number.NaN;
}
