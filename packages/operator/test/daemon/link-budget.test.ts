import { ManualClock } from '@ecsm/api-types/testing';
import { Simulator } from '@ecsm/ecsm-simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LinkBudget } from '../../src/daemon/link-budget.js';
import { PlatformLink } from '../../src/daemon/platform-link.js';
import { settingsOf } from '../helpers/settings-of.js';

describe('LinkBudget', () => {
  it('lets nothing wait without limits', () => {
    const budget = new LinkBudget({}, new ManualClock());
    for (let i = 0; i < 1000; i++) {
      expect(budget.take()).toBe(0);
      budget.pay(1_000_000);
    }
    expect(budget.paceMs({ requests: 10, bytes: 1e6 })).toBe(0);
  });

  it('never lets out more than the minutes bring and one minute more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }),
        fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 200 }),
        async (perMinute, pauses) => {
          const clock = new ManualClock();
          const budget = new LinkBudget({ requests: perMinute }, clock);
          let sent = 0;
          for (const pause of pauses) {
            await clock.advance(pause);
            if (budget.take() === 0) sent++;
          }
          const passed = clock.monotonicNow();
          expect(sent).toBeLessThanOrEqual(perMinute + (passed / 60_000) * perMinute + 1);
          expect(budget.spent.requests).toBe(sent);
        },
      ),
      { numRuns: 100, seed: 9 },
    );
  });

  it('has the next request wait until the bytes of the last are paid for', async () => {
    const clock = new ManualClock();
    const budget = new LinkBudget({ bytes: 60_000 }, clock);
    expect(budget.take()).toBe(0);
    budget.pay(119_400);
    expect(budget.take()).toBe(60_000);
    await clock.advance(60_000);
    expect(budget.take()).toBe(0);
  });

  it('says how far apart looks must be to take half of it', () => {
    const budget = new LinkBudget({ requests: 10, bytes: 100_000 }, new ManualClock());
    expect(budget.paceMs({ requests: 1, bytes: 1000 })).toBe(12_000);
    expect(budget.paceMs({ requests: 1, bytes: 50_000 })).toBe(60_000);
  });

  it('says how many requests of a size fit into a part of it', () => {
    const fits = (limits: ConstructorParameters<typeof LinkBudget>[0], bytesEach: number) =>
      new LinkBudget(limits, new ManualClock()).requestsIn(1 / 20, bytesEach);
    expect(fits({}, 3000)).toBe(Infinity);
    expect(fits({ requests: 100 }, 3000)).toBe(5);
    expect(fits({ requests: 100, bytes: 60_000 }, 3000)).toBe(1);
  });

  it('changes while it is used', () => {
    const clock = new ManualClock();
    const budget = new LinkBudget({}, clock);
    budget.setLimits({ requests: 1 });
    expect(budget.take()).toBe(0);
    expect(budget.take()).toBe(60_000);
    budget.setLimits({});
    expect(budget.take()).toBe(0);
  });
});

describe('PlatformLink', () => {
  it('fails a call at once that would wait too long for the budget, and says why', async () => {
    await using simulator = await Simulator.start({ port: 0 });
    const budget = new LinkBudget({ requests: 1 });
    const settings = await settingsOf('--request-timeout', '2s', '--request-budget', '1');
    const way = { settings, baseUrl: simulator.url, budget, assertMayWrite: () => undefined };
    await using link = await PlatformLink.connect(way);
    await link.clientset.services.list();
    await expect(link.clientset.services.list()).rejects.toMatchObject({
      code: 'Timeout',
      phase: 'waiting',
      // The same words at each try: they stand in conditions, and every write wears the disk.
      timeoutMs: 30_000,
    });
    expect(budget.spent.bytes).toBeGreaterThan(600);
  });

  it('reads without the lead and writes with it only', async () => {
    await using simulator = await Simulator.start({ port: 0 });
    const lead = { held: false };
    await using link = await PlatformLink.connect({
      settings: await settingsOf(),
      baseUrl: simulator.url,
      budget: new LinkBudget({}),
      assertMayWrite: () => {
        if (!lead.held) throw new Error('no longer leads');
      },
    });
    const id = [...simulator.cluster.state.services.keys()][0] ?? 'none';
    await link.clientset.services.list();
    await expect(link.clientset.services.delete(id)).rejects.toThrow('no longer leads');
    const deletes = () => [...simulator.requests.counts.keys()].filter((call) => call.startsWith('DELETE'));
    expect(deletes()).toEqual([]);
    lead.held = true;
    await link.clientset.services.delete(id).catch(() => undefined);
    expect(deletes()).toHaveLength(1);
  });
});
