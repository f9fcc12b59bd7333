import { describe, expect, it } from 'vitest';

import { judge, slopeOf } from './judge.js';
import { soak } from './soak.js';

describe('soak', () => {
  // Thirty days of more services: npm run soak -- --services 100 --days 30 --seed 1
  it(
    'lives a day of disturbances, converges, rests in silence and leaves nothing behind',
    { timeout: 240_000 },
    async () => {
      const report = await soak({
        services: 10,
        days: 1,
        seed: 1,
        restlessHours: 4,
        restHours: 2,
        pollIntervalMs: 120_000,
      });
      const [day] = report.days;
      expect(day?.disturbances).toBeGreaterThan(6);
      expect(day?.logLines).toBeGreaterThan(0);
      expect(day?.registryWrites).toBeGreaterThan(0);
      const { logLines, registryWrites, platformWrites } = report.rest;
      expect({ logLines, registryWrites, platformWrites }).toEqual({
        logLines: 0,
        registryWrites: 0,
        platformWrites: 0,
      });
      expect(report.timersLeft).toBe(0);
      const { before, after } = report.handles;
      for (const kind of ['TCPSocketWrap', 'TCPServerWrap', 'FSEventWrap']) expect(after[kind]).toBe(before[kind]);
    },
  );

  it('tells a heap that grows from one that swings', () => {
    const days = Array.from({ length: 30 }, (_, day) => day);
    expect(slopeOf(days.map((day) => 100 + 3 * day)).perDay).toBeCloseTo(3);
    expect(Math.abs(slopeOf(days.map((day) => 100 + (day % 2))).perDay)).toBeLessThan(0.01);
  });

  it('finds what grows and what is left behind', () => {
    const rest = {
      hours: 1,
      requests: 9,
      logLines: 1,
      logBytes: 80,
      registryWrites: 0,
      platformWrites: 0,
      diskBytes: 0,
    };
    const spent = { disturbances: 1, requests: 1, logLines: 1, logBytes: 1, registryWrites: 1, diskBytes: 1 };
    const days = Array.from({ length: 14 }, (_, day) => ({
      ...{ day, ...spent, rss: 1, listeners: 1, timers: 3 },
      // What is compiled grows faster, and that is no leak.
      heapUsed: 1_000_000 + 30_000 * day,
      compiled: 20_000 * day,
      handles: { TCPSocketWrap: day },
    }));
    const handles = { before: {}, after: { FSEvent: 1 } };
    expect(judge({ days, rest, timersLeft: 2, handles }).problems).toEqual([
      expect.stringContaining('what is held grows by 10000 bytes a day'),
      'handles of the kind TCPSocketWrap grow',
      'logLines at rest: 1',
      '2 timers are left after the end',
      '1 handles of the kind FSEvent are left after the end',
    ]);
    expect(
      judge({
        days: days.map((day) => ({ ...day, heapUsed: 1_000_000 + day.compiled, handles: { TCPSocketWrap: 2 } })),
        rest: { ...rest, logLines: 0 },
        timersLeft: 0,
        handles: { before: { FSEvent: 1 }, after: { FSEvent: 1 } },
      }).problems,
    ).toEqual([]);
  });
});
