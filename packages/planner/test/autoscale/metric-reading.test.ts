import type { MetricTarget } from '@ecsm/api-types';
import type { ContainerRow } from '@ecsm/ecsm-client';
import { describe, expect, it } from 'vitest';

import { containerFigures, instanceSample, type ContainerFigures } from '../../src/autoscale/container-figures.js';
import { readExternalMetric, readResourceMetric } from '../../src/autoscale/metric-reading.js';

const mebi = 2 ** 20;

function row(extra: Partial<ContainerRow> = {}): ContainerRow {
  return {
    id: 'c1',
    taskId: 't1',
    name: 'web-1',
    status: 'running',
    uptime: 600,
    cpuUsage: { total: 40, cores: [40] },
    memoryUsage: 100 * mebi,
    memoryLimit: 200 * mebi,
    serviceId: 's1',
    serviceName: 'web',
    nodeId: 'n1',
    nodeName: 'worker-1',
    ...extra,
  };
}

function containers(...rows: readonly Partial<ContainerRow>[]): readonly ContainerFigures[] {
  return rows.map((extra) => containerFigures(row(extra)));
}

const cpu = (total: number): Partial<ContainerRow> => ({ cpuUsage: { total, cores: [total] } });
const memory = (used: number, limit = 200): Partial<ContainerRow> => ({
  memoryUsage: used * mebi,
  memoryLimit: limit * mebi,
});

describe('a container counts', () => {
  const sample = (extra: Partial<ContainerRow>, resource: 'cpu' | 'memory' = 'cpu') => {
    const figures = containerFigures(row(extra));
    return instanceSample(figures, resource, resource === 'cpu' ? figures.cpuPercent : figures.memoryBytes);
  };
  const missing = { state: 'ready' };

  it.each<[string, ReturnType<typeof sample>, unknown]>([
    ['with its figure when it runs', sample({}), { state: 'ready', value: 40 }],
    ['as missing in its first seconds, whose load is its start', sample({ uptime: 14 }), missing],
    ['with its figure from fifteen seconds on', sample({ uptime: 15 }), { state: 'ready', value: 40 }],
    ['with its memory at once', sample({ uptime: 1 }, 'memory'), { state: 'ready', value: 100 * mebi }],
    [
      'with its figure when nobody tells its age',
      sample({ uptime: undefined as never }),
      { state: 'ready', value: 40 },
    ],
    ['as missing without a figure', sample({ cpuUsage: undefined as never }), missing],
    ['as missing with a figure below nothing', sample(cpu(-500)), missing],
    ['as missing with a figure beyond all bounds', sample(cpu(Infinity)), missing],
    ['as missing with less memory than none', sample(memory(-1), 'memory'), missing],
    [
      'with its figure when its state is written in capitals',
      sample({ status: 'RUNNING' }),
      { state: 'ready', value: 40 },
    ],
    ['as missing when it has ended', sample({ status: 'exited' }), missing],
    ['as unready before it has started', sample({ status: 'created' }), { state: 'unready' }],
    ['as unready while it is paused', sample({ status: 'paused' }), { state: 'unready' }],
    [
      'as unready when it could not be deployed',
      sample({ status: 'exited', deployStatus: 'failure' }),
      { state: 'unready' },
    ],
    ['as unready in a state no one knows', sample({ status: 'hibernating' }), { state: 'unready' }],
  ])('%s', (_title, found, expected) => {
    expect(found).toEqual(expected);
  });
});

describe('a metric of the containers', () => {
  const utilization = (averageUtilization: number): MetricTarget => ({ type: 'Utilization', averageUtilization });
  const average = (averageValue: string): MetricTarget => ({ type: 'AverageValue', averageValue });

  it.each<[string, 'cpu' | 'memory', MetricTarget, readonly ContainerFigures[], number, number, object]>([
    ['CPU in percent', 'cpu', utilization(50), containers(cpu(80), cpu(100)), 2, 4, { averageUtilization: 90 }],
    ['CPU in cores', 'cpu', average('500m'), containers(cpu(80), cpu(100)), 2, 4, { averageValue: '900m' }],
    ['CPU in whole cores', 'cpu', average('2'), containers(cpu(300), cpu(300)), 2, 3, { averageValue: '3' }],
    [
      'memory in percent',
      'memory',
      utilization(50),
      containers(memory(180), memory(140)),
      2,
      4,
      { averageUtilization: 80 },
    ],
    [
      'memory in bytes',
      'memory',
      average('100Mi'),
      containers(memory(180), memory(140)),
      2,
      4,
      { averageValue: '160Mi' },
    ],
    [
      'memory below its target',
      'memory',
      average('100Mi'),
      containers(memory(20), memory(40)),
      2,
      1,
      { averageValue: '30Mi' },
    ],
    [
      'different limits',
      'memory',
      utilization(50),
      containers(memory(100, 100), memory(50, 100)),
      2,
      3,
      { averageUtilization: 75 },
    ],
    [
      'starting ones on the way up',
      'cpu',
      utilization(50),
      containers(cpu(100), { status: 'created' }),
      2,
      2,
      { averageUtilization: 100 },
    ],
    [
      'young ones on the way down',
      'cpu',
      utilization(50),
      containers(cpu(20), { ...cpu(20), uptime: 3 }),
      2,
      2,
      { averageUtilization: 20 },
    ],
    [
      'ended ones on the way down',
      'cpu',
      utilization(50),
      containers(cpu(20), cpu(20), cpu(20), { status: 'exited' }),
      4,
      4,
      { averageUtilization: 20 },
    ],
  ])('counts %s', (_title, name, target, figures, current, replicas, shown) => {
    const { proposal, status } = readResourceMetric({ name, target }, figures, current, undefined);
    expect(proposal?.replicas).toBe(replicas);
    expect(status).toEqual({ type: 'Resource', resource: { name, current: shown } });
  });

  it('cannot tell a share of a memory limit that is not there, which is a standing fault', () => {
    const figures = containers(memory(100), { memoryUsage: mebi, memoryLimit: undefined as never });
    const { failure } = readResourceMetric({ name: 'memory', target: utilization(50) }, figures, 2, undefined);
    expect(failure).toMatchObject({ reason: 'FailedGetResourceMetric', lasting: true });
    expect(failure?.message).toContain('spec.template.resources.limits.memory');
    const unlimited = containers({ memoryUsage: mebi, memoryLimit: 0 });
    expect(
      readResourceMetric({ name: 'memory', target: utilization(50) }, unlimited, 1, undefined).failure,
    ).toBeDefined();
    expect(
      readResourceMetric({ name: 'memory', target: average('1Mi') }, unlimited, 1, undefined).proposal,
    ).toBeDefined();
  });

  it.each<[string, readonly ContainerFigures[]]>([
    ['no containers', []],
    ['none that has started', containers({ status: 'created' })],
    ['none with a figure', containers({ cpuUsage: undefined as never }, { status: 'exited' })],
    ['none that is warm', containers({ uptime: 2 })],
  ])('says nothing of a service with %s', (_title, figures) => {
    const { failure } = readResourceMetric({ name: 'cpu', target: utilization(50) }, figures, 1, undefined);
    expect(failure).toMatchObject({ reason: 'FailedGetResourceMetric', lasting: false });
  });

  it.each<[string, string, number, number]>([
    ['up', '0.5', 70, 1],
    ['up', '0.3', 70, 2],
    ['up', '0', 51, 2],
    ['down', '0.5', 30, 2],
    ['down', '0.1', 24, 1],
  ])('heeds a tolerance for the way %s of %s', (way, tolerance, percent, replicas) => {
    const current = way === 'up' ? 1 : 2;
    const figures = containers(...Array.from({ length: current }, () => cpu(percent)));
    const rules = { [way === 'up' ? 'scaleUp' : 'scaleDown']: { tolerance } };
    expect(
      readResourceMetric({ name: 'cpu', target: utilization(50) }, figures, current, rules).proposal?.replicas,
    ).toBe(replicas);
  });
});

describe('a metric from elsewhere', () => {
  const metric = { name: 'queue' };

  it.each<[string, MetricTarget, number, number, number, number, object]>([
    ['an average', { type: 'AverageValue', averageValue: '10' }, 45, 3, 3, 5, { averageValue: '15' }],
    ['an average of none', { type: 'AverageValue', averageValue: '10' }, 45, 0, 0, 5, { averageValue: '45' }],
    ['a whole', { type: 'Value', value: '30' }, 45, 2, 2, 3, { value: '45' }],
    ['a whole of which few are ready', { type: 'Value', value: '30' }, 60, 4, 2, 4, { value: '60' }],
    ['a whole of none', { type: 'Value', value: '30' }, 45, 0, 0, 2, { value: '45' }],
    ['fractions', { type: 'AverageValue', averageValue: '500m' }, 1.25, 2, 2, 3, { averageValue: '625m' }],
    ['nothing', { type: 'AverageValue', averageValue: '10' }, 0, 2, 2, 0, { averageValue: '0' }],
  ])('counts %s', (_title, target, value, current, ready, replicas, shown) => {
    const { proposal, status } = readExternalMetric({ metric, target }, value, { current, ready }, undefined);
    expect(proposal?.replicas).toBe(replicas);
    expect(status).toEqual({ type: 'External', external: { metric, current: shown } });
  });

  it.each([Number.NaN, Infinity, -1])('does not take %s for a value', (value) => {
    const target: MetricTarget = { type: 'Value', value: '30' };
    const { failure } = readExternalMetric({ metric, target }, value, { current: 1, ready: 1 }, undefined);
    expect(failure?.reason).toBe('FailedGetExternalMetric');
  });
});
