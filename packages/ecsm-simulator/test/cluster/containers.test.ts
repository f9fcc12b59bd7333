import { describe, expect, it } from 'vitest';

import type { Cluster } from '@ecsm/ecsm-simulator';
import { containerRow, historyRows } from '../../src/views/container-view.js';
import { serviceDetail, serviceRow } from '../../src/views/service-view.js';
import { dynamicService } from '../helpers/requests.js';
import { stillCluster } from '../helpers/still-cluster.js';

function only(cluster: Cluster) {
  const [task, ...others] = cluster.state.tasks.values();
  expect(others).toEqual([]);
  return task!;
}

function running(options: Parameters<typeof stillCluster>[0] = {}, request = dynamicService({ factor: 1 })) {
  const { cluster, events } = stillCluster(options);
  const service = cluster.services.create(request);
  cluster.advance(10_000);
  return { cluster, events, service, task: only(cluster) };
}

describe('a container that dies', () => {
  it('is restarted after a pause that doubles, and counts its restarts', () => {
    const { cluster, task } = running();
    const { containerId } = task;
    for (const [deaths, pauseMs] of [1000, 2000, 4000].entries()) {
      cluster.killContainer(task.containerName);
      expect(containerRow(cluster, task)).toMatchObject({ status: 'exited', uptime: 0, restartCnt: deaths });
      cluster.advance(pauseMs - 1);
      expect(task.phase).toBe('backoff');
      cluster.advance(1 + cluster.settings.startMs);
      expect(containerRow(cluster, task)).toMatchObject({ status: 'running', id: containerId, restartCnt: deaths + 1 });
    }
  });

  it('starts its pauses afresh after it has run for a while', () => {
    const { cluster, task } = running();
    cluster.killContainer(task.id);
    cluster.advance(1500);
    cluster.advance(cluster.settings.restartResetMs);
    cluster.killContainer(task.id);
    cluster.advance(1000);
    expect(task.phase).toBe('starting');
  });

  it('stays dead when told so, until it is started', () => {
    const { cluster, service, task } = running();
    cluster.killContainer(task.id, { restart: false });
    cluster.advance(1_000_000);
    expect(containerRow(cluster, task).status).toBe('exited');
    expect(serviceRow(cluster, service).errorInstance![0]!.message).toBe('container exited with code 137');
    expect(serviceDetail(cluster, service).healthy).toBe(false);
    cluster.services.actOnTask(task, 'start');
    cluster.advance(1000);
    expect(containerRow(cluster, task).status).toBe('running');
  });

  it.each([
    ['always', 0, true],
    ['onFailure', 0, false],
    ['onFailure', 3, true],
    ['never', 3, false],
  ] as const)('restartPolicy %s and exit code %i: restarted is %s', (restartPolicy, exitCode, restarted) => {
    const { cluster } = stillCluster({ settings: { restartPolicy } });
    cluster.pushImage({ ref: 'job@1.0.0#sylixos', pullMs: 0, behaviour: { exitAfterMs: 100, exitCode } });
    cluster.services.create(dynamicService({ factor: 1, image: { ref: 'job@1.0.0#sylixos' } }));
    cluster.advance(60_000);
    expect(only(cluster).restartCount > 0).toBe(restarted);
  });

  it('fails its deployment when the image says so', () => {
    const { cluster } = stillCluster();
    cluster.pushImage({ ref: 'bad@1.0.0#sylixos', behaviour: { failStart: 'exec format error' } });
    cluster.services.create(dynamicService({ factor: 1, image: { ref: 'bad@1.0.0#sylixos' } }));
    cluster.advance(10_000);
    expect(containerRow(cluster, only(cluster))).toMatchObject({
      deployStatus: 'failure',
      failedMessage: 'exec format error',
    });
  });
});

describe('actions', () => {
  it('stop, start, pause, unpause and restart take time and are written into the history', () => {
    const { cluster, task } = running();
    const statusAfter = (action: 'stop' | 'start' | 'pause' | 'unpause' | 'restart'): string => {
      cluster.services.actOnTask(task, action);
      cluster.advance(2000);
      return containerRow(cluster, task).status;
    };
    expect(statusAfter('stop')).toBe('exited');
    expect(statusAfter('start')).toBe('running');
    expect(statusAfter('pause')).toBe('paused');
    expect(statusAfter('unpause')).toBe('running');
    expect(statusAfter('restart')).toBe('running');
    expect(historyRows(task).map(({ cmd }) => cmd)).toEqual(['run', 'stop', 'start', 'pause', 'unpause', 'restart']);
    expect(containerRow(cluster, task).restartCnt).toBe(0);
  });

  it('a stopped container is not running at once, and stays stopped', () => {
    const { cluster, task } = running();
    cluster.services.actOnTask(task, 'stop');
    expect(containerRow(cluster, task).status).toBe('running');
    cluster.advance(1_000_000);
    expect(containerRow(cluster, task).status).toBe('exited');
  });

  it('stop and start in one breath leave it running', () => {
    const { cluster, task } = running();
    cluster.services.actOnTask(task, 'stop');
    cluster.services.actOnTask(task, 'start');
    cluster.advance(2000);
    expect(containerRow(cluster, task).status).toBe('running');
  });

  it('stopping a container during its deployment ends the deployment', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 1 }));
    while (only(cluster).phase !== 'starting') cluster.advance(10);
    cluster.services.act(service, 'stop');
    cluster.advance(10_000);
    expect(serviceRow(cluster, service)).toMatchObject({ status: 'complete', containerStatusGroup: ['exited'] });
  });

  it('stopping a container that waits for its restart ends the waiting', () => {
    const { cluster, task } = running();
    cluster.killContainer(task.id);
    cluster.services.actOnTask(task, 'stop');
    cluster.advance(1_000_000);
    expect(containerRow(cluster, task)).toMatchObject({ status: 'exited', restartCnt: 0 });
  });
});

describe('VSOA health', () => {
  const vsoa = {
    healthPath: '/health',
    healthStartPeriod: 5000,
    healthInterval: 2000,
    healthRetries: 3,
    healthTimeout: 1000,
  };

  it('is unknown during the start period, then healthy', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 1, image: { vsoa } }));
    cluster.advance(5000);
    expect(serviceDetail(cluster, service)).toMatchObject({ instanceOnline: 1, healthy: false });
    cluster.advance(5000);
    expect(serviceDetail(cluster, service).healthy).toBe(true);
  });

  it('turns after the retries when the container falls sick, and back when it recovers', () => {
    const { cluster, service, task } = running({}, dynamicService({ factor: 1, image: { vsoa } }));
    cluster.setHealthy(task.id, false);
    cluster.advance(6999);
    expect(serviceDetail(cluster, service).healthy).toBe(true);
    cluster.advance(1);
    expect(serviceDetail(cluster, service)).toMatchObject({ instanceOnline: 1, healthy: false });
    expect(serviceRow(cluster, service).errorInstance![0]!.message).toBe('health check failed');
    cluster.setHealthy(task.id, true);
    cluster.advance(2000);
    expect(serviceDetail(cluster, service).healthy).toBe(true);
  });

  it('restarts the container under a liveness probe', () => {
    const { cluster, task } = running(
      {},
      dynamicService({ factor: 1, image: { vsoa: { ...vsoa, livenessProbe: true } } }),
    );
    cluster.setHealthy(task.id, false);
    cluster.advance(8000);
    cluster.setHealthy(task.id, true);
    cluster.advance(10_000);
    expect(containerRow(cluster, task)).toMatchObject({ status: 'running', restartCnt: 1 });
  });

  it('gives services without a port of their own one that is free on the node', () => {
    const { cluster } = stillCluster();
    cluster.services.create(dynamicService({ factor: 2, node: { names: ['worker-1'] }, image: { vsoa: {} } }));
    expect([...cluster.state.tasks.values()].map((task) => task.vsoaPort)).toEqual([30_000, 30_001]);
  });
});

describe('usage', () => {
  it('shares the load of a service among its running instances', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 2 }));
    cluster.advance(10_000);
    const cpu = (): number[] => [...service.tasks].map((task) => containerRow(cluster, task).cpuUsage!.total);
    for (const percent of cpu()) expect(percent).toBeLessThan(5);
    cluster.setLoad('web', 160);
    for (const percent of cpu()) expect(Math.abs(percent - 80)).toBeLessThan(3);
    cluster.services.update({ ...dynamicService({ factor: 4 }), id: service.id });
    cluster.advance(10_000);
    for (const percent of cpu()) expect(Math.abs(percent - 40)).toBeLessThan(2);
  });

  it('shares a load among all services whose names begin alike, also those to come', () => {
    const { cluster } = stillCluster();
    cluster.setLoad('web-*', 120);
    const first = cluster.services.create({ ...dynamicService({ factor: 2 }), name: 'web-1' });
    const other = cluster.services.create({ ...dynamicService({ factor: 1 }), name: 'webcam' });
    cluster.advance(10_000);
    const cpu = (service: typeof first): number[] =>
      [...service.tasks].map((task) => Math.round(containerRow(cluster, task).cpuUsage!.total / 10) * 10);
    expect(cpu(first)).toEqual([60, 60]);
    expect(cpu(other)).toEqual([0]);
    const second = cluster.services.create({ ...dynamicService({ factor: 1 }), name: 'web-2' });
    cluster.advance(10_000);
    expect([...cpu(first), ...cpu(second)]).toEqual([40, 40, 40]);
    const loaded = stillCluster({ snapshot: cluster.save() }).cluster;
    expect(cpu(loaded.service('web-2'))).toEqual([40]);
    cluster.services.delete(first);
    cluster.advance(10_000);
    expect(cpu(second)).toEqual([100]);
    cluster.setLoad('web-*', 0);
    expect(cpu(second)).toEqual([0]);
  });

  it('swings with a wave and never exceeds the limits', () => {
    const { cluster, task } = running();
    cluster.setLoad('web', { mean: 100, amplitude: 100, periodMs: 60_000 });
    const seen = new Set<number>();
    for (let step = 0; step < 60; step++) {
      cluster.advance(1000);
      const { cpuUsage, memoryLimit, memoryMaxUsage, memoryUsage } = containerRow(cluster, task);
      seen.add(Math.round(cpuUsage!.total / 10));
      expect(cpuUsage!.total).toBeLessThanOrEqual(100);
      expect(memoryUsage).toBeLessThanOrEqual(memoryLimit!);
      expect(memoryMaxUsage).toBeGreaterThanOrEqual(memoryUsage!);
    }
    expect(seen.size).toBeGreaterThan(8);
  });
});
