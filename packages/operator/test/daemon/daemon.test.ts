import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ECSMService } from '@ecsm/api-types';
import { trace, type Span } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Running } from '../helpers/running-daemon.js';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'daemon-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const web = {
  apiVersion: 'ecsm.sh/v1',
  kind: 'ECSMService',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    deploymentStrategy: { type: 'Dynamic', replicas: 2, nodePool: ['worker-1', 'worker-2'] },
    template: { image: 'web@1.0.0#sylixos' },
  },
} as const;

describe('Daemon', () => {
  it('logs nothing and writes nothing in ten minutes of rest', async () => {
    await using running = await Running.start(root);
    await running.file.registry.resource(ECSMService).apply(web);
    await running.settled();
    await running.rest(60_000, 30_000);
    const lines = [...running.log.lines];
    const revision = await running.file.store.revision();
    await running.rest(600_000, 30_000);
    expect(running.log.lines).toEqual(lines);
    expect(await running.file.store.revision()).toBe(revision);
  });

  it('tells of an outage once, by log, metric, readiness and event, and of its end', async () => {
    await using running = await Running.start(root);
    await running.settled();
    expect((await running.page('/readyz')).text).toContain('[+] platform ok');
    const before = running.log.lines.length;
    running.simulator.faults.setPlan({ rules: [{ kind: 'reset' }] });
    await running.until('it is noticed', () => running.daemon.operator.reachability.state === 'unreachable');
    const from = running.clock.monotonicNow();
    await running.until('ten minutes have passed', () => running.clock.monotonicNow() - from >= 600_000, 700_000, 1000);
    expect((await running.page('/readyz')).status).toBe(503);
    expect((await running.page('/readyz')).text).toMatch(/\[-\] platform failed: the platform does not answer/);
    expect(await running.metric('ecsm_platform_reachable')).toBe(0);
    expect(await running.metric('ecsm_platform_outage_seconds_total')).toBeGreaterThan(500);
    running.simulator.faults.setPlan({});
    await running.until('it answers again', () => running.daemon.operator.reachability.state === 'reachable');
    await running.until('both events are there', async () => (await running.reasons()).includes('Platform Reachable'));
    expect(await running.reasons()).toContain('Platform Unreachable');
    const told = running.log.lines.slice(before);
    expect(told.map((line) => line.split(' {')[0])).toEqual([
      'warn the platform does not answer',
      'info the platform answers again',
    ]);
  });

  it('shows what is going on inside on /debug', async () => {
    await using running = await Running.start(root);
    await running.file.registry.resource(ECSMService).apply(web);
    await running.settled();
    const { text } = await running.page('/debug');
    const shown = JSON.parse(text) as { readonly lastRuns: readonly { readonly object: string }[] };
    expect(shown.lastRuns.map(({ object }) => object)).toContain('default/web');
    expect(shown).toMatchObject({
      leader: { leads: true, fencingToken: 0 },
      platform: { state: 'reachable', services: 1 },
      registry: { path: running.file.path },
      controllers: { ecsmservice: { synced: true } },
    });
  });

  it('tells that the clock was set', async () => {
    await using running = await Running.start(root);
    await running.settled();
    running.clock.setWallClock(running.clock.now() + 3_600_000);
    await running.rest(30_000, 30_000);
    expect(running.log.lines.at(-1)).toBe(
      'warn the clock of this machine was set; pauses and deadlines are not affected {"jumpMs":3600000}',
    );
    expect(await running.metric('ecsm_operator_clock_jumps_total')).toBe(1);
  });

  it('counts how objects fare, and the file', async () => {
    await using running = await Running.start(root);
    await running.file.registry.resource(ECSMService).apply(web);
    await running.settled();
    expect(await running.metric('ecsm_services{', 'Available')).toBe(1);
    expect(await running.metric('ecsm_service_conditions', 'condition="Available"', 'status="True"')).toBe(1);
    expect(await running.metric('registry_objects', 'ecsmservices')).toBe(1);
    expect(await running.metric('registry_size_bytes')).toBeGreaterThan(1000);
    expect(await running.metric('registry_revision')).toBe(await running.file.store.revision());
    expect(await running.metric('ecsm_operator_actions_total', 'type="create"')).toBe(1);
    expect(await running.metric('ecsm_platform_requests_total', 'outcome="ok"')).toBeGreaterThan(1);
    expect(await running.metric('ecsm_operator_build_info')).toBe(1);
    expect(await running.metric('leader_election_master_status')).toBe(1);
  });

  it('hands a span of each run to the OpenTelemetry that was loaded, when asked to', async () => {
    const spans: string[] = [];
    const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 });
    const startSpan = (name: string): Span => {
      spans.push(name);
      return span;
    };
    const startActiveSpan = (name: string, ...rest: readonly unknown[]): unknown =>
      (rest.at(-1) as (active: Span) => unknown)(startSpan(name));
    trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan }) });
    try {
      await using silent = await Running.start(root);
      await silent.file.registry.resource(ECSMService).apply(web);
      await silent.settled();
      expect(spans).toEqual([]);
    } finally {
      trace.disable();
    }
    trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan }) });
    try {
      await using traced = await Running.start(root, ['--traces']);
      await traced.settled();
      expect(spans.length).toBeGreaterThan(0);
      expect(spans.every((name) => name.includes('ecsm'))).toBe(true);
    } finally {
      trace.disable();
    }
  });
});
