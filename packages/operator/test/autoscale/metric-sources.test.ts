import { describe, expect, it } from 'vitest';

import { findCondition, InvalidError } from '@ecsm/api-types';

import type { MetricQuery, MetricSource } from '../../src/index.js';
import { LinesLogger } from '../helpers/lines-logger.js';
import { AutoscaledWorld, cpu, external } from './autoscaled-world.js';

/** A source whose answers the test decides. */
class TestSource implements MetricSource {
  readonly asked: MetricQuery[] = [];
  readonly #name: string;
  answer: () => Promise<number | undefined>;

  constructor(name: string, value: number) {
    this.#name = name;
    this.answer = () => Promise.resolve(value);
  }

  read(query: MetricQuery): Promise<number | undefined> {
    this.asked.push(query);
    return query.name === this.#name ? this.answer() : Promise.resolve(undefined);
  }
}

function started(replicas: number, ...metricSources: MetricSource[]): Promise<AutoscaledWorld> {
  return AutoscaledWorld.start({ replicas, operator: { metricSources } });
}

const atOnce = { scaleDown: { stabilizationWindowSeconds: 0 } };

describe('a metric source', () => {
  it('scales a service without any request for its containers', async () => {
    const queue = new TestSource('queue', 45);
    await using scaled = await started(2, queue);
    await scaled.autoscale({ metrics: [external('queue', '10')] });
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(5);
    const { calls } = scaled.world;
    const requests = calls.count('containers.allByServices');
    await scaled.pass(60);
    expect(calls.count('containers.allByServices')).toBe(requests);
    expect(queue.asked[0]).toEqual({
      name: 'queue',
      matchLabels: {},
      autoscaler: { namespace: 'default', name: 'web' },
      target: { namespace: 'default', name: 'web' },
    });
    expect((await scaled.hpa()).status?.currentMetrics).toEqual([
      { type: 'External', external: { metric: { name: 'queue' }, current: { averageValue: '9' } } },
    ]);
  });

  it('is asked in turn until one knows the metric', async () => {
    const first = new TestSource('other', 1);
    const second = new TestSource('queue', 30);
    await using scaled = await started(1, first, second);
    await scaled.autoscale({ metrics: [external('queue', '10')] });
    await scaled.pass(30);
    expect(first.asked.length).toBe(second.asked.length);
    expect(await scaled.replicas()).toBe(3);
  });

  it('wakes a service from nothing, and lets it go back there', async () => {
    const queue = new TestSource('queue', 0);
    await using scaled = await started(1, queue);
    await scaled.autoscale({ minReplicas: 0, metrics: [external('queue', '10')], behavior: atOnce });
    await scaled.pass(45);
    expect(await scaled.replicas()).toBe(0);
    expect(scaled.world.running('web')).toEqual([]);
    queue.answer = () => Promise.resolve(25);
    await scaled.pass(45);
    expect(await scaled.replicas()).toBe(3);
    expect(scaled.world.running('web')).toHaveLength(3);
    queue.answer = () => Promise.resolve(0);
    await scaled.pass(45);
    expect(await scaled.replicas()).toBe(0);
  });

  it('wakes a service that also follows its containers, which have no figures then', async () => {
    const queue = new TestSource('queue', 0);
    await using scaled = await started(0, queue);
    await scaled.autoscale({ minReplicas: 0, metrics: [cpu(50), external('queue', '10')] });
    await scaled.pass(45);
    expect(await scaled.replicas()).toBe(0);
    queue.answer = () => Promise.resolve(15);
    await scaled.pass(45);
    expect(await scaled.replicas()).toBe(2);
  });

  it('is needed for a minimum of none', async () => {
    await using scaled = await started(1);
    await expect(scaled.autoscale({ minReplicas: 0 })).rejects.toThrow(InvalidError);
  });

  it('that nobody has given is a standing fault, told once', async () => {
    await using scaled = await started(2);
    await scaled.autoscale({ metrics: [external('queue', '10')] });
    await scaled.pass(150);
    expect(await scaled.condition('ScalingActive')).toBe('False FailedGetExternalMetric');
    expect(await scaled.events()).toEqual({ FailedGetExternalMetric: 1 });
    expect(await scaled.replicas()).toBe(2);
  });

  it.each<[string, number, () => Promise<number | undefined>]>([
    ['throws', 1, () => Promise.reject(new Error('the queue is away'))],
    ['gives no number', 0, () => Promise.resolve(Number.NaN)],
    ['gives less than nothing', 0, () => Promise.resolve(-1)],
    ['never answers', 1, () => new Promise<number>(() => undefined)],
  ])('that %s scales nothing down, and others up all the same', async (_title, warnings, answer) => {
    const queue = new TestSource('queue', 40);
    const logger = new LinesLogger();
    await using scaled = await AutoscaledWorld.start({ replicas: 4, operator: { metricSources: [queue], logger } });
    await scaled.autoscale({ metrics: [cpu(50), external('queue', '10')], behavior: atOnce });
    scaled.load(190);
    await scaled.pass(30);
    queue.answer = answer;
    scaled.load(60);
    await scaled.pass(90);
    expect(await scaled.replicas()).toBe(4);
    expect(await scaled.condition('ScalingActive')).toBe('False FailedGetExternalMetric');
    expect((await scaled.events())['FailedGetExternalMetric']).toBeGreaterThan(1);
    scaled.load(290);
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(6);
    expect(await scaled.condition('ScalingActive')).toBe('True ValidMetricFound');
    expect(logger.lines.filter((line) => line.startsWith('warn a metric source failed'))).toHaveLength(warnings);
    queue.answer = () => Promise.resolve(0);
    scaled.load(90);
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(2);
  });

  it('that never answers holds up nobody else', async () => {
    const stuck = new TestSource('stuck', 1);
    stuck.answer = () => new Promise<number>(() => undefined);
    await using scaled = await started(2, stuck);
    for (let index = 0; index < 20; index++) {
      const scaleTargetRef = { kind: 'ECSMService', name: `none-${index}` };
      await scaled.autoscale({ metrics: [external('stuck', '1')], scaleTargetRef }, `stuck-${index}`);
    }
    await scaled.autoscale();
    scaled.load(290);
    await scaled.pass(90);
    expect(await scaled.replicas()).toBe(6);
    const { status } = await scaled.hpa('stuck-3');
    expect(findCondition(status?.conditions, 'AbleToScale')?.reason).toBe('FailedGetScale');
  });

  it('is not asked while the platform does not answer', async () => {
    const queue = new TestSource('queue', 20);
    await using scaled = await started(2, queue);
    await scaled.autoscale({ metrics: [external('queue', '10')] });
    await scaled.pass(30);
    scaled.world.calls.dice = () => 'unreached';
    await scaled.pass(30);
    const asked = queue.asked.length;
    queue.answer = () => Promise.resolve(80);
    await scaled.pass(600);
    expect(queue.asked.length).toBe(asked);
    expect(await scaled.replicas()).toBe(2);
    scaled.world.calls.dice = () => undefined;
    await scaled.pass(120);
    expect(await scaled.replicas()).toBe(8);
  });
});
