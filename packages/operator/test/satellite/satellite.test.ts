import { describe, expect, it } from 'vitest';

import { satelliteDay } from './satellite.js';

describe('behind a satellite', () => {
  it('converges with little more than the fewest requests, rests, and comes back from an outage without a rush', async () => {
    const services = 60;
    const { convergence, fewest, rest, recovery } = await satelliteDay(services);
    expect(convergence.requests).toBeLessThanOrEqual(1.2 * fewest);
    expect(convergence.calls['POST /service']).toBeGreaterThanOrEqual(services);
    // At rest nothing is written, and half of the hourly closer looks are taken, but for requests that are lost.
    expect(Object.keys(rest.calls).filter((call) => !call.startsWith('GET '))).toEqual([]);
    expect(rest.calls['GET /service/:id'] ?? 0).toBeLessThanOrEqual(services);
    // Afterwards only what changed meanwhile is looked at: a tenth of the services, and what the pool of workers may do at once.
    expect(recovery.calls['PUT /service']).toBeGreaterThanOrEqual(services / 10);
    expect(recovery.calls['GET /service/:id'] ?? 0).toBeLessThanOrEqual(services / 2);
    expect(recovery.busiestTenSeconds).toBeLessThanOrEqual(convergence.busiestTenSeconds);
  });
});
