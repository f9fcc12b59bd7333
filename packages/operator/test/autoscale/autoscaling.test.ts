import { ECSMService, findCondition } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { dynamic, onNodes, sylixosNodes } from '../helpers/world.js';
import { AutoscaledWorld, cpu } from './autoscaled-world.js';

describe('an autoscaler', () => {
  it('follows the load up at once, and down when a whole window has passed', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale();
    scaled.load(290);
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(6);
    expect(scaled.world.running('web')).toHaveLength(6);
    scaled.load(90);
    await scaled.pass(280);
    expect(await scaled.replicas()).toBe(6);
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(2);
  });

  it('says what it sees and does, as Kubernetes does', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale();
    scaled.load(190);
    await scaled.pass(20);
    const { status } = await scaled.hpa();
    expect(status).toMatchObject({
      observedGeneration: 1,
      currentReplicas: 2,
      desiredReplicas: 4,
      lastScaleTime: expect.stringContaining('2026-01-01T00:00') as string,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu' } }],
    });
    expect(await scaled.condition('AbleToScale')).toBe('True SucceededRescale');
    expect(await scaled.condition('ScalingActive')).toBe('True ValidMetricFound');
    expect(await scaled.condition('ScalingLimited')).toBe('False DesiredWithinRange');
    expect(await scaled.events()).toEqual({ SuccessfulRescale: 1 });
    await scaled.pass(45);
    expect((await scaled.hpa()).status).toMatchObject({ currentReplicas: 4, desiredReplicas: 4 });
    expect(await scaled.condition('AbleToScale')).toBe('True ReadyForNewScale');
    scaled.load(600);
    await scaled.pass(130);
    expect(await scaled.replicas()).toBe(8);
    expect(await scaled.condition('ScalingLimited')).toBe('True TooManyReplicas');
    scaled.load(50);
    await scaled.pass(90);
    expect(await scaled.condition('AbleToScale')).toBe('True ScaleDownStabilized');
  });

  it('does not take new containers for idle ones, and so does not overshoot or turn back', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 1 });
    await scaled.autoscale({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
    scaled.load(240);
    const seen: number[] = [];
    for (let second = 0; second < 150; second++) {
      await scaled.pass(1);
      const replicas = await scaled.replicas();
      if (seen.at(-1) !== replicas) seen.push(replicas);
    }
    expect(seen).toEqual([1, 2, 4, 5]);
  });

  it('writes nothing and asks once a period while nothing changes', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale({ minReplicas: 2 });
    scaled.load(95);
    await scaled.pass(120);
    const { world } = scaled;
    const before = await world.registry.store.revision();
    const asked = world.calls.count('containers.allByServices');
    await scaled.pass(600);
    expect(await world.registry.store.revision()).toBe(before);
    expect(world.calls.count('containers.allByServices') - asked).toBe(40);
    expect(await scaled.replicas()).toBe(2);
  });

  it('asks once for many targets, and nothing without autoscalers', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 1 });
    const { world } = scaled;
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const name of names) await world.apply(name, dynamic(1));
    await world.settle();
    expect(world.calls.count('containers.allByServices')).toBe(0);
    for (const name of names) {
      await scaled.autoscale({ scaleTargetRef: { kind: 'ECSMService', name } }, name);
    }
    await scaled.pass(20);
    const asked = world.calls.count('containers.allByServices');
    await scaled.pass(60);
    expect(world.calls.count('containers.allByServices') - asked).toBe(4);
    for (const name of names) expect(await scaled.condition('ScalingActive', name)).toBe('True ValidMetricFound');
    for (const name of names) await scaled.hpas.namespace('default').delete(name);
    await scaled.pass(20);
    const last = world.calls.count('containers.allByServices');
    await scaled.pass(120);
    expect(world.calls.count('containers.allByServices')).toBe(last);
  });

  it('keeps its figures of the status unless they move by a tenth', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale({ minReplicas: 2 });
    scaled.load(60);
    await scaled.pass(60);
    const shown = async () => (await scaled.hpa()).status?.currentMetrics?.[0]?.resource?.current.averageUtilization;
    const first = await shown();
    scaled.load(62);
    await scaled.pass(60);
    expect(await shown()).toBe(first);
    scaled.load(90);
    await scaled.pass(30);
    expect(await shown()).toBeGreaterThan(40);
  });
});

describe('the bounds of an autoscaler', () => {
  it('bring the target back whatever the metrics say, also while the platform does not answer', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 6 });
    scaled.load(290);
    await scaled.autoscale({ maxReplicas: 4 });
    await scaled.pass(20);
    expect(await scaled.replicas()).toBe(4);
    expect(await scaled.condition('ScalingLimited')).toBe('True TooManyReplicas');
    scaled.world.calls.dice = () => 'unreached';
    await scaled.pass(30);
    await scaled.autoscale({ minReplicas: 5 });
    await scaled.pass(20);
    expect(await scaled.replicas()).toBe(5);
  });

  it('do not bind a user who wants none at all', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale();
    scaled.load(190);
    await scaled.pass(40);
    await scaled.world.services.scale('web', 0);
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(0);
    expect(await scaled.condition('ScalingActive')).toBe('False ScalingDisabled');
    await scaled.world.services.scale('web', 1);
    await scaled.pass(90);
    expect(await scaled.replicas()).toBe(4);
    expect(await scaled.condition('ScalingActive')).toBe('True ValidMetricFound');
  });
});

describe('the target of an autoscaler', () => {
  it('may be missing, and is scaled once it is there', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 1 });
    await scaled.autoscale({ scaleTargetRef: { kind: 'ECSMService', name: 'late' }, minReplicas: 2 }, 'late');
    await scaled.pass(60);
    expect(await scaled.condition('AbleToScale', 'late')).toBe('False FailedGetScale');
    expect(await scaled.events('late')).toEqual({ FailedGetScale: 1 });
    await scaled.world.apply('late', dynamic(1));
    await scaled.pass(40);
    expect((await scaled.world.get('late')).spec.deploymentStrategy.replicas).toBe(2);
    expect(await scaled.condition('AbleToScale', 'late')).toMatch(/^True/);
  });

  it('is left alone while it is being deleted', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale();
    scaled.load(290);
    scaled.world.calls.dice = (method) => (method === 'services.delete' ? 'unreached' : undefined);
    await scaled.world.services.delete('web');
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(2);
    expect(await scaled.condition('AbleToScale')).toBe('False FailedGetScale');
  });

  it('cannot be Static', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 1 });
    await scaled.world.apply('nav', onNodes(sylixosNodes.slice(0, 1)));
    await scaled.autoscale({ scaleTargetRef: { kind: 'ECSMService', name: 'nav' } }, 'nav');
    await scaled.pass(60);
    expect(await scaled.condition('AbleToScale', 'nav')).toBe('False FailedGetScale');
    const { status } = await scaled.hpa('nav');
    expect(findCondition(status?.conditions, 'AbleToScale')?.message).toContain('Static');
    expect(await scaled.events('nav')).toEqual({ FailedGetScale: 1 });
  });

  it('is left alone by two autoscalers that both want it, and taken up by the one that stays', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale();
    await scaled.pass(20);
    await scaled.autoscale({ maxReplicas: 5 }, 'second');
    await scaled.pass(1);
    expect(await scaled.condition('ScalingActive')).toBe('False AmbiguousSelector');
    expect(await scaled.condition('ScalingActive', 'second')).toBe('False AmbiguousSelector');
    scaled.load(500);
    await scaled.pass(120);
    expect(await scaled.replicas()).toBe(2);
    expect(await scaled.events()).toEqual({ AmbiguousSelector: 1 });
    expect(await scaled.events('second')).toEqual({ AmbiguousSelector: 1 });
    const { status } = await scaled.hpa();
    expect(findCondition(status?.conditions, 'ScalingActive')?.message).toContain('second');
    await scaled.hpas.namespace('default').delete('web');
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(5);
    expect(await scaled.condition('ScalingActive', 'second')).toBe('True ValidMetricFound');
  });

  it('is left alone from the start when the operator comes later than both autoscalers', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.world.killOperator();
    await scaled.autoscale({ minReplicas: 4 });
    await scaled.autoscale({ minReplicas: 5 }, 'second');
    await scaled.world.startOperator();
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(2);
    expect(await scaled.condition('ScalingActive')).toBe('False AmbiguousSelector');
    await scaled.autoscale({ scaleTargetRef: { kind: 'ECSMService', name: 'elsewhere' } }, 'second');
    await scaled.pass(20);
    expect(await scaled.replicas()).toBe(4);
  });

  it('keeps its number when a user applies a manifest without one', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale();
    scaled.load(290);
    await scaled.pass(60);
    const warnings: string[] = [];
    const spec = dynamic(2, 'web@1.1.0#sylixos');
    await scaled.world.services.apply(
      {
        apiVersion: 'ecsm.sh/v1',
        kind: 'ECSMService',
        metadata: { name: 'web' },
        spec: { ...spec, deploymentStrategy: { type: 'Dynamic', nodePool: sylixosNodes } },
      },
      { onWarning: (warning) => warnings.push(warning) },
    );
    expect(warnings.join()).toContain('the stored number is kept');
    await scaled.world.settle();
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(6);
    expect(scaled.world.running('web').filter((line) => line.endsWith('web@1.1.0'))).toHaveLength(6);
  });

  it('keeps its number in a rollout, in which old and new instances share the load', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 4 });
    await scaled.autoscale();
    scaled.load(190);
    await scaled.pass(60);
    await scaled.world.services.patch('web', {
      type: 'merge',
      patch: { spec: { template: { image: 'web@1.1.0#sylixos' } } },
    });
    for (let second = 0; second < 120; second++) {
      await scaled.pass(1);
      expect(await scaled.replicas()).toBe(4);
    }
    expect(scaled.world.running('web').filter((line) => line.endsWith('web@1.1.0'))).toHaveLength(4);
  });

  it('gets back to what the load asks for after a user scaled it by hand', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale();
    scaled.load(190);
    await scaled.pass(330);
    await scaled.world.services.scale('web', 7);
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(7);
    await scaled.pass(300);
    expect(await scaled.replicas()).toBe(4);
  });
});

describe('metrics that cannot be read', () => {
  it('are told when two looks in a row fail, counted, and never scale down', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 4 });
    await scaled.autoscale({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
    scaled.load(190);
    await scaled.pass(30);
    scaled.load(40);
    scaled.world.calls.dice = (method) => (method.startsWith('containers.') ? 'unreached' : undefined);
    await scaled.pass(15);
    expect(await scaled.condition('ScalingActive')).toBe('True ValidMetricFound');
    expect(await scaled.events()).toEqual({});
    await scaled.pass(75);
    expect(await scaled.condition('ScalingActive')).toBe('False FailedGetResourceMetric');
    expect(await scaled.replicas()).toBe(4);
    await scaled.pass(60);
    expect((await scaled.events())['FailedGetResourceMetric']).toBeGreaterThan(3);
    scaled.world.calls.dice = () => undefined;
    await scaled.pass(30);
    expect(await scaled.condition('ScalingActive')).toBe('True ValidMetricFound');
    expect(await scaled.replicas()).toBe(1);
  });

  it('in an outage are told once it is long, and time stands still in it', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 2 });
    await scaled.autoscale();
    scaled.load(290);
    await scaled.pass(60);
    scaled.load(90);
    await scaled.pass(60);
    scaled.world.calls.dice = () => 'unreached';
    await scaled.pass(60);
    expect(await scaled.condition('ScalingActive')).toBe('True ValidMetricFound');
    await scaled.pass(1200);
    expect(await scaled.condition('ScalingActive')).toBe('False FailedGetResourceMetric');
    expect(await scaled.events()).toMatchObject({ FailedGetResourceMetric: 1 });
    const before = await scaled.world.registry.store.revision();
    await scaled.pass(600);
    expect(await scaled.world.registry.store.revision()).toBe(before);
    scaled.world.calls.dice = () => undefined;
    await scaled.pass(120);
    expect(await scaled.replicas()).toBe(6);
    expect(await scaled.condition('ScalingActive')).toBe('True ValidMetricFound');
    await scaled.pass(180);
    expect(await scaled.replicas()).toBe(2);
  });

  it('of some containers are counted as fully used before a scale-down', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 4 });
    await scaled.autoscale({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
    scaled.load(190);
    await scaled.pass(45);
    for (const task of [...scaled.world.cluster.state.tasks.values()].slice(0, 2)) {
      scaled.world.cluster.killContainer(task.id, { restart: false });
    }
    scaled.load(60);
    await scaled.pass(5);
    expect(await scaled.replicas()).toBe(4);
  });
});

describe('a new operator', () => {
  it('takes nothing away before it has seen a whole window', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale();
    scaled.load(290);
    await scaled.pass(60);
    scaled.load(90);
    await scaled.pass(280);
    await scaled.world.killOperator();
    await scaled.world.startOperator();
    await scaled.pass(290);
    expect(await scaled.replicas()).toBe(6);
    await scaled.pass(45);
    expect(await scaled.replicas()).toBe(2);
  });

  it('does not spend the allowance of a policy a second time', async () => {
    await using scaled = await AutoscaledWorld.start({ replicas: 1 });
    await scaled.autoscale({
      behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }] } },
    });
    scaled.load(700);
    await scaled.pass(30);
    expect(await scaled.replicas()).toBe(2);
    for (let crash = 0; crash < 10; crash++) {
      await scaled.world.killOperator();
      await scaled.world.startOperator();
      await scaled.pass(30);
      expect(await scaled.replicas()).toBe(2);
    }
    expect(await scaled.condition('ScalingLimited')).toBe('True ScaleUpLimit');
    await scaled.pass(120);
    expect(await scaled.replicas()).toBe(3);
  });

  it('leaves the target as it is while it is away', async () => {
    await using scaled = await AutoscaledWorld.start();
    await scaled.autoscale({ metrics: [cpu(50)] });
    await scaled.world.killOperator();
    scaled.load(290);
    await scaled.pass(120);
    expect(await scaled.replicas()).toBe(2);
    await scaled.world.startOperator();
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(6);
    const { items } = await scaled.world.registry.resource(ECSMService).list();
    expect(items).toHaveLength(1);
  });
});

describe('a wall clock that is set', () => {
  it.each([40, -40])('%i days ahead neither shortens a window nor draws it out', async (days) => {
    await using scaled = await AutoscaledWorld.start();
    const { clock } = scaled.world;
    await scaled.autoscale();
    scaled.load(290);
    await scaled.pass(60);
    expect(await scaled.replicas()).toBe(6);
    scaled.load(40);
    await scaled.pass(100);
    clock.setWallClock(clock.now() + days * 86_400_000);
    await scaled.pass(150);
    expect(await scaled.replicas()).toBe(6);
    await scaled.pass(100);
    expect(await scaled.replicas()).toBe(1);
  });
});
