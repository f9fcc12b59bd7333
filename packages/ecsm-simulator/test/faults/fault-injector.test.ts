import { ManualClock } from '@ecsm/api-types/testing';
import { describe, expect, it } from 'vitest';

import { faultPresets, type FaultPlan } from '@ecsm/ecsm-simulator';

import { RandomSource } from '../../src/cluster/random-source.js';
import { FaultInjector } from '../../src/faults/fault-injector.js';

function injector(plan: FaultPlan, clock = new ManualClock(), seed = 1): FaultInjector {
  return new FaultInjector(clock, RandomSource.fromSeed(seed), plan);
}

function kinds(
  faults: FaultInjector,
  count: number,
  method = 'GET',
  path = '/service',
): readonly (string | undefined)[] {
  return Array.from({ length: count }, () => faults.judge(method, path).strike?.kind);
}

describe('FaultInjector', () => {
  it('lets everything through without a plan', () => {
    expect(injector({}).judge('GET', '/service')).toEqual({ delayMs: 0 });
  });

  it('strikes by route', () => {
    const faults = injector({
      rules: [
        { route: 'POST /service', kind: 'lost' },
        { route: '/container/*', kind: 'reset' },
      ],
    });
    expect(faults.judge('POST', '/service').strike?.kind).toBe('lost');
    expect(faults.judge('GET', '/service').strike).toBeUndefined();
    expect(faults.judge('POST', '/service/stop/ids').strike).toBeUndefined();
    expect(faults.judge('GET', '/container/service').strike?.kind).toBe('reset');
  });

  it('skips the first and strikes a number of times', () => {
    const faults = injector({ rules: [{ kind: 'html', skip: 2, times: 2 }] });
    expect(kinds(faults, 6)).toEqual([undefined, undefined, 'html', 'html', undefined, undefined]);
  });

  it('follows a script, then leaves off', () => {
    const faults = injector({ rules: [{ route: 'GET /service', script: ['none', 'answerLost', 'none', 'reset'] }] });
    kinds(faults, 3, 'GET', '/node');
    expect(kinds(faults, 6)).toEqual([undefined, 'answerLost', undefined, 'reset', undefined, undefined]);
  });

  it('strikes by chance as often as it says, the same for the same seed', () => {
    const plan: FaultPlan = { rules: [{ kind: 'lost', probability: 0.1 }] };
    const fates = kinds(injector(plan), 10_000);
    const struck = fates.filter(Boolean).length;
    expect(struck).toBeGreaterThan(900);
    expect(struck).toBeLessThan(1100);
    expect(kinds(injector(plan), 10_000)).toEqual(fates);
    expect(kinds(injector(plan, new ManualClock(), 2), 10_000)).not.toEqual(fates);
  });

  it('adds latency, jitter and delays up', () => {
    const faults = injector({ latencyMs: 100, jitterMs: 20, rules: [{ kind: 'delay', delayMs: 1000 }] });
    for (let i = 0; i < 100; i++) {
      const { delayMs } = faults.judge('GET', '/node');
      expect(delayMs).toBeGreaterThanOrEqual(1080);
      expect(delayMs).toBeLessThanOrEqual(1120);
    }
  });

  it('has outages by pattern and by command', async () => {
    const clock = new ManualClock();
    const faults = injector({ outages: { everyMs: 1000, lastMs: 100, firstAfterMs: 500, kind: 'reset' } }, clock);
    const seen: (string | undefined)[] = [];
    for (let ms = 0; ms < 2000; ms += 100) {
      seen.push(kinds(faults, 1)[0]);
      await clock.advance(100);
    }
    expect(seen.flatMap((kind, index) => (kind === undefined ? [] : [`${kind} at ${index * 100}`]))).toEqual([
      'reset at 500',
      'reset at 1500',
    ]);
    faults.startOutage(300);
    expect(kinds(faults, 1)).toEqual(['lost']);
    await clock.advance(300);
    expect(kinds(faults, 1)).toEqual([undefined]);
  });

  it('limits the rate', async () => {
    const clock = new ManualClock();
    const faults = injector({ requestsPerSecond: 2 }, clock);
    expect(kinds(faults, 4)).toEqual([undefined, undefined, 'rateLimit', 'rateLimit']);
    await clock.advance(1000);
    expect(kinds(faults, 1)).toEqual([undefined]);
  });

  it('satellite: 600 ms, 5 to 10 % of requests without an answer, outages', () => {
    const { latencyMs, outages } = faultPresets.satellite;
    expect([latencyMs, outages.lastMs]).toEqual([600, 90_000]);
    const fates = kinds(injector(faultPresets.satellite), 20_000);
    const share = fates.filter((kind) => kind === 'lost' || kind === 'answerLost').length / fates.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.1);
  });
});
