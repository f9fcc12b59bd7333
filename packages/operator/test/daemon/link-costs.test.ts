import { describe, expect, it } from 'vitest';

import { LinkCosts } from '../../src/daemon/link-costs.js';

const times = { attempt: 1, durationMs: 1, waitedMs: 0, requestBytes: 0, responseBytes: 0, httpStatus: 200 };
const get = (path: string) => ({ ...times, method: 'GET', url: `http://127.0.0.1:3001/api/v1${path}` });

describe('LinkCosts', () => {
  it('tells what a look at the whole list took, and what a closer look at one service takes', () => {
    const costs = new LinkCosts();
    expect(costs.detailBytes).toBeGreaterThan(1000);
    costs.attempted(get('/service?pageNum=1&pageSize=100'), 50_000);
    costs.attempted(get('/service?pageNum=2&pageSize=100'), 20_000);
    costs.attempted(get('/service?name=web&pageNum=1&pageSize=100'), 900);
    costs.attempted(get('/service/service-1'), 2100);
    costs.attempted(get('/service/name/check?name=web'), 700);
    costs.attempted({ ...get('/service/service-2'), httpStatus: 404 }, 800);
    costs.attempted({ ...get('/service/service-1'), method: 'DELETE' }, 900);
    expect(costs.takeLook()).toEqual({ requests: 2, bytes: 70_000 });
    expect(costs.takeLook()).toEqual({ requests: 0, bytes: 0 });
    expect(costs.detailBytes).toBe(2100);
  });
});
