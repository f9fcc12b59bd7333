import { ManualClock } from '@ecsm/api-types/testing';
import { describe, expect, it } from 'vitest';

import type { FaultRule } from '@ecsm/ecsm-simulator';

import { matching } from '../helpers/matchers.js';
import { dynamicService } from '../helpers/requests.js';
import { startSimulator } from '../helpers/start.js';

/** Sends one create under a fault and tells what came back and whether a service exists. */
async function createUnder(rule: FaultRule) {
  const { api, simulator } = await startSimulator({ faults: { rules: [rule] } });
  const { counts } = simulator.requests;
  const giveUp = new AbortController();
  const outcome = api.fetch('POST', '/service', dynamicService(), giveUp.signal).then(
    async (response) => {
      const headers = Object.fromEntries(response.headers);
      return response.text().then(
        (body) => ({ kind: 'answer', status: response.status, headers, body }) as const,
        () => ({ kind: 'broken body', status: response.status }) as const,
      );
    },
    () => ({ kind: giveUp.signal.aborted ? 'silence' : 'no connection' }) as const,
  );
  if (rule.kind === 'lost' || rule.kind === 'answerLost') {
    // Where no answer is to come, wait until it is overdue by many turns of the event loop.
    const sign = rule.kind === 'lost' ? 'received' : 'executed';
    while (counts.get('POST /api/v1/service')?.[sign] !== 1) await turn();
    for (let turns = 0; turns < 100; turns++) await turn();
    giveUp.abort();
  }
  return { ...(await outcome), executed: simulator.cluster.state.services.size === 1, counts };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('faults over HTTP', () => {
  it('lost: never executed, no answer', async () => {
    const { counts, ...outcome } = await createUnder({ kind: 'lost' });
    expect(outcome).toEqual({ kind: 'silence', executed: false });
    expect(counts.get('POST /api/v1/service')).toEqual({ received: 1, executed: 0 });
  });

  it('answerLost: executed, no answer', async () => {
    const { counts, ...outcome } = await createUnder({ kind: 'answerLost' });
    expect(outcome).toEqual({ kind: 'silence', executed: true });
    expect(counts.get('POST /api/v1/service')).toEqual({ received: 1, executed: 1 });
  });

  it('reset: not executed, connection reset', async () => {
    expect(await createUnder({ kind: 'reset' })).toMatchObject({ kind: 'no connection', executed: false });
  });

  it('answerReset: executed, connection reset', async () => {
    expect(await createUnder({ kind: 'answerReset' })).toMatchObject({ kind: 'no connection', executed: true });
  });

  it('serverError: a proxy’s page with its status, not executed', async () => {
    const outcome = await createUnder({ kind: 'serverError', status: 502 });
    expect(outcome).toMatchObject({ kind: 'answer', status: 502, executed: false });
    expect(outcome).toMatchObject({ body: matching(/^<html>/) });
  });

  it('refusal: HTTP 200 with an error envelope, not executed', async () => {
    const outcome = await createUnder({ kind: 'refusal', status: 422 });
    expect(outcome).toMatchObject({ status: 200, executed: false });
    expect(outcome).toMatchObject({ body: matching(/^\{"status":422,/) });
  });

  it('rateLimit: 429 with Retry-After, not executed', async () => {
    const outcome = await createUnder({ kind: 'rateLimit', retryAfterSeconds: 3 });
    expect(outcome).toMatchObject({ status: 429, executed: false, headers: { 'retry-after': '3' } });
  });

  it('malformed: executed, body is no JSON', async () => {
    const outcome = await createUnder({ kind: 'malformed' });
    if (outcome.kind !== 'answer') throw new Error(outcome.kind);
    expect(outcome.executed).toBe(true);
    expect(() => JSON.parse(outcome.body) as unknown).toThrow();
  });

  it('truncated: executed, body ends in the middle with the connection', async () => {
    expect(await createUnder({ kind: 'truncated' })).toMatchObject({
      kind: 'broken body',
      status: 200,
      executed: true,
    });
  });

  it('html and emptyBody: executed, a page or nothing instead of the answer', async () => {
    expect(await createUnder({ kind: 'html' })).toMatchObject({
      status: 200,
      executed: true,
      headers: { 'content-type': matching(/html/) },
    });
    expect(await createUnder({ kind: 'emptyBody', status: 500 })).toMatchObject({
      status: 500,
      body: '',
      executed: true,
    });
  });

  it('nullData: executed, success without data', async () => {
    const outcome = await createUnder({ kind: 'nullData' });
    expect(outcome).toMatchObject({
      executed: true,
      body: '{"status":200,"message":"success","data":null,"fieldErrors":null}',
    });
  });

  it('wrongTotal: the page says another total than it has', async () => {
    const { api } = await startSimulator({ faults: { rules: [{ kind: 'wrongTotal', totalOffset: -2 }] } });
    expect(await api.data('GET', '/node?pageNum=1&pageSize=9')).toMatchObject({ total: 3, list: { length: 5 } });
  });

  it('slowDrip: the body comes bit by bit', async () => {
    const clock = new ManualClock();
    const { api } = await startSimulator({
      clock,
      faults: { rules: [{ kind: 'slowDrip', bytesPerSecond: 100, route: 'GET /service/summary' }] },
    });
    const answer = api.data('GET', '/service/summary');
    const progress = { done: false };
    void answer.then(() => (progress.done = true));
    let waitedMs = 0;
    for (; !progress.done && waitedMs < 5000; waitedMs += 100) await clock.advance(100);
    expect(await answer).toEqual({ total: 0, health: 0 });
    expect(waitedMs).toBeGreaterThanOrEqual(800);
  });

  it('latency: the request arrives later', async () => {
    const clock = new ManualClock();
    const { api, simulator } = await startSimulator({ clock, faults: { latencyMs: 600 } });
    const answer = api.data('POST', '/service', dynamicService());
    while (simulator.requests.counts.get('POST /api/v1/service')?.received !== 1) await clock.advance(1);
    await clock.advance(590);
    expect(simulator.cluster.state.services.size).toBe(0);
    await clock.advance(20);
    await answer;
    expect(simulator.cluster.state.services.size).toBe(1);
  });

  it('stops in spite of requests that will never be answered', async () => {
    const { api, simulator } = await startSimulator({
      faults: { rules: [{ kind: 'lost', times: 1 }, { kind: 'answerLost' }] },
    });
    const pending = [api.fetch('GET', '/node'), api.fetch('GET', '/node')].map((call) => call.catch(() => 'ended'));
    while ((simulator.requests.counts.get('GET /api/v1/node')?.received ?? 0) < 2) {
      await turn();
    }
    await simulator.stop();
    expect(await Promise.all(pending)).toEqual(['ended', 'ended']);
  });
});
