import type { ECSMService } from '@ecsm/api-types';
import type { ContainerRow, NodeStatus } from '@ecsm/ecsm-client';
import { describe, expect, it } from 'vitest';

import {
  allocate,
  claimOf,
  explainClaim,
  explainNode,
  holdGrant,
  needOf,
  nodeCapacity,
  plan,
  saysItLacksRoom,
  seenCounts,
  status,
  wasStarted,
} from '../../src/index.js';
import { desired, nameOf, now, observed, running, staticService, webService } from '../helpers.js';
import { grants, sketched } from './world.js';

const mebibyte = 2 ** 20;

function container(serviceId: string, more: Partial<ContainerRow> = {}): ContainerRow {
  return {
    id: 'c',
    taskId: 't',
    name: 'c',
    status: 'running',
    deployStatus: 'success',
    memoryLimit: 64 * mebibyte,
    memoryUsage: 20 * mebibyte,
    sizeLimit: 100 * mebibyte,
    sizeUsage: 10 * mebibyte,
    serviceId,
    serviceName: serviceId,
    nodeId: 'n',
    nodeName: 'a',
    ...more,
  };
}

const nodeStatus: NodeStatus = {
  id: 'n',
  status: 'online',
  memoryTotal: 256 * mebibyte,
  memoryFree: 150 * mebibyte,
  diskTotal: 1000,
  diskFree: 700,
};

describe('what an instance needs', () => {
  it('is what its template limits, else its image, else what one that runs counts as, else nothing', () => {
    const limits = { memory: '100M', disk: '1Gi' };
    expect(needOf({ image: 'a@1', resources: { limits } })).toEqual({ memory: 96 * mebibyte, disk: 1024 * mebibyte });
    const config = { sylixos: { resources: { memory: { memoryLimitMB: 32 }, disk: { limitMB: 0 } } } };
    const seen = { memory: 7, disk: 8 };
    expect(needOf({ image: 'a@1' }, { config, seen })).toEqual({ memory: 32 * mebibyte, disk: 8 });
    expect(needOf({ image: 'a@1', vsoa: { port: 80 } })).toEqual({ memory: 0, disk: 0, port: 80 });
  });
});

describe('what a node has', () => {
  it('is its size less the limits of what is there; what could not be deployed takes nothing', () => {
    const rows = [
      container('x'),
      container('y', { memoryLimit: 0, sizeLimit: 0 }),
      container('z', { deployStatus: 'failure' }),
      container('w', { nodeName: 'other' }),
    ];
    const node = nodeCapacity('a', nodeStatus, rows);
    expect(node.instances.map(({ serviceId, counts }) => [serviceId, counts.memory / mebibyte])).toEqual([
      ['x', 64],
      ['y', 20],
    ]);
    // 300 MB are taken: 110 of them may be what containers hold, or 280 may be other things.
    expect(node.otherDisk.map((bytes) => bytes / mebibyte)).toEqual([190, 280]);
    expect(explainNode(node, new Set(['x']))).toEqual([
      'a',
      '256Mi',
      '84Mi',
      '172Mi',
      '150Mi',
      '1000Mi',
      '700Mi',
      '1',
      '1',
    ]);
    expect(seenCounts(new Set(['x', 'y']), new Map([['a', node]]))).toEqual({
      memory: 64 * mebibyte,
      disk: 100 * mebibyte,
    });
    expect(seenCounts(new Set(['nobody']), new Map([['a', node]]))).toBeUndefined();
  });

  it('is nothing while it is away, and no limit where the platform does not tell', () => {
    expect(nodeCapacity('a', undefined, []).online).toBe(false);
    const silent = nodeCapacity('a', { id: 'n', status: 'online' }, []);
    expect(explainNode(silent)).toEqual([
      'a',
      'unlimited',
      '0Mi',
      'unlimited',
      'unlimited',
      'unlimited',
      'unlimited',
      '0',
      '0',
    ]);
  });
});

describe('grants', () => {
  it('go to nobody where everybody has what it wants', () => {
    expect(grants({ n1: {} }, { a: { on: { n1: 2 } }, b: { wants: 2 } }).size).toBe(0);
  });

  it('give free room to the highest priority, then to the oldest', () => {
    const granted = grants(
      { n1: {} },
      { low: { wants: 2 }, young: { priority: 1, wants: 2, born: 2 }, old: { priority: 1, wants: 3, born: 1 } },
    );
    expect([granted.get('old')?.instances, granted.get('young')?.instances, granted.get('low')?.instances]).toEqual([
      undefined,
      1,
      0,
    ]);
  });

  it('keep from lower priorities what is set aside for a higher one', () => {
    const granted = grants(
      { n1: {}, n2: { memory: 100 } },
      {
        high: { priority: 9, wants: 1, takes: 300, pool: ['n1'] },
        leaving: { on: { n1: 2 }, leaving: true, wants: 0 },
        low: { wants: 2 },
      },
    );
    expect(granted.get('low')).toMatchObject({ instances: 1, nodes: ['n2'] });
    expect(granted.get('high')?.shortage?.message).toContain('room is being made on n1');
  });

  it('do not limit who may use nodes nobody has looked at', () => {
    const { claims, nodes } = sketched({ n1: {} }, { a: { wants: 9, pool: ['n1', 'unknown'] }, b: { wants: 9 } });
    const granted = allocate(claims, nodes, now);
    expect(granted.has('a')).toBe(false);
    expect(granted.get('b')?.instances).toBe(4);
  });

  it('count what a node took with it as still there, so that it may come back', () => {
    const granted = grants({ n1: { offline: true }, n2: {} }, { a: { on: { n1: 2, n2: 4 } } });
    expect(granted.get('a')).toMatchObject({ instances: 6, shortage: { missing: 2 } });
    expect(granted.get('a')?.nodes).toBeUndefined();
  });

  it('keep who made way from going back to and fro, for ten minutes', () => {
    const world = (agoMs: number) =>
      grants(
        { n1: { memory: 150 } },
        {
          high: { priority: 9, wants: 1, takes: 200 },
          low: { wants: 1, madeWay: { to: 'high', nodes: ['n1'], sinceMs: now.wallMs - agoMs } },
        },
      );
    expect(world(60_000).get('low')?.instances).toBe(0);
    expect(world(600_000).get('low')?.instances).toBe(1);
    // The clock was ahead when it was written.
    expect(world(-86_400_000).get('low')?.instances).toBe(1);
  });

  it('hold everything as it is while nobody can look', () => {
    const service = webService(5);
    expect(holdGrant(service, [running(nameOf(service), 3)])).toMatchObject({ instances: 3, nodes: ['a', 'b', 'c'] });
    expect(holdGrant(service, [])).toMatchObject({ instances: 0, shortage: { missing: 5 } });
  });
});

describe('a plan', () => {
  const service = webService(3);
  const three = running(nameOf(service), 3);

  it('lowers the size and leaves the node in one update, and says for whom', () => {
    const eviction = { to: 'default/high', nodes: ['b'], instances: 1, leaves: 'b', message: 'b is needed' };
    const grant = { instances: 2, nodes: ['a', 'c'], eviction };
    const { actions, limited } = plan(desired(service, { grant }), observed([three]), now);
    expect(actions).toMatchObject([{ type: 'update', factor: 2, nodes: ['a', 'c'], image: 'keep' }]);
    expect(actions[0]?.reason).toContain('b is needed');
    expect(limited).toBe(true);
  });

  it('runs a Static object on the nodes it is granted', () => {
    const agent = staticService(['a', 'b']);
    const two = running(nameOf(agent), 2, { policy: 'static', nodes: ['a', 'b'] });
    const { actions } = plan(desired(agent, { grant: { instances: 1, nodes: ['a'] } }), observed([two]), now);
    expect(actions).toMatchObject([{ type: 'update', nodes: ['a'] }]);
  });

  it('counts nodes without room among those that may be without an instance', () => {
    const shortage = { missing: 1, inOwnWay: false, message: 'a is offline' };
    const grant = { instances: 2, nodes: ['b', 'c'], shortage };
    const old = running(nameOf(staticService(['b'])), 1, { policy: 'static', nodes: ['b'] });
    const planned = (maxUnavailable: number) => {
      const next = staticService(['a', 'b', 'c'], {
        template: { image: 'web@2.0.0#sylixos' },
        updateStrategy: { rollingUpdate: { maxUnavailable } },
      });
      const moved = running(nameOf(next), 1, { policy: 'static', nodes: ['c'], createdTime: '2026-01-02' });
      return plan(desired(next, { grant }), observed([old, moved]), now).actions;
    };
    expect(planned(1)).toEqual([]);
    expect(planned(2)).toMatchObject([{ type: 'destroy', id: old.id }]);
  });

  it('takes no instance for a rollout while others lack room that would not be theirs', () => {
    const next = webService(6, {
      template: { image: 'web@2.0.0#sylixos' },
      updateStrategy: { rollingUpdate: { maxUnavailable: 1 } },
    });
    const planned = (inOwnWay: boolean) => {
      const grant = { instances: 3, shortage: { missing: 3, inOwnWay, message: 'a is offline' } };
      return plan(desired(next, { grant }), observed([three]), now).actions;
    };
    expect(planned(false)).toEqual([]);
    expect(planned(true)).toMatchObject([{ type: 'update', factor: 2 }]);
  });

  it('says nothing new while what is left on the nodes merely wanders', () => {
    const said = (object: ECSMService, memoryMi: number, missing = 3) => {
      const message = `${missing} of 3 instances wait for room: each needs 128Mi of memory; a has ${memoryMi}Mi of memory left`;
      const grant = { instances: 0, shortage: { missing, inOwnWay: false, message } };
      return status(desired(object, { grant }), observed([]), now);
    };
    const first = { ...service, status: said(service, 100) };
    expect(said(first, 92)).toBe(first.status);
    expect(said(first, 110)).toBe(first.status);
    expect(said(first, 60).conditions?.[1]?.message).toContain('a has 60Mi');
    expect(said(first, 100, 2).conditions?.[1]?.message).toContain('2 of 3');
  });

  it('creates nothing while there is no room, says so, and misses no deadline', () => {
    const shortage = { missing: 3, inOwnWay: true, message: 'no room' };
    const args = [
      desired(service, { grant: { instances: 0, shortage } }),
      observed([], { progressedAtMs: 0 }),
      { ...now, observedMs: 10_000_000 },
    ] as const;
    expect(plan(...args)).toMatchObject({ actions: [], waits: [{ type: 'room', message: 'no room' }] });
    const conditions = new Map(status(...args).conditions?.map((each) => [each.type, each]));
    expect(conditions.get('Progressing')).toMatchObject({
      status: 'True',
      reason: 'WaitingForRoom',
      message: 'no room',
    });
    expect(conditions.get('Available')).toMatchObject({ status: 'False', message: '0 of 3 instances are available' });
    expect(saysItLacksRoom({ ...service, status: status(...args) })).toBe(true);
  });

  it('marks who made way until it runs in full again', () => {
    const eviction = { to: 'default/high', nodes: ['b'], instances: 1, leaves: 'b', message: '' };
    const message = '1 of 3 instances made way to default/high (priority 9) on b, which needs 64Mi of memory';
    const marked = status(
      desired(service, { grant: { instances: 2, nodes: ['a', 'c'], eviction: { ...eviction, message } } }),
      observed([three]),
      now,
    );
    const two = running(nameOf(service), 2, { nodes: ['a', 'c'] });
    const shortage = { missing: 1, inOwnWay: true, message: 'no room' };
    const later = desired({ ...service, status: marked }, { grant: { instances: 2, nodes: ['a', 'c'], shortage } });
    const still = status(later, observed([two]), now);
    expect(still.conditions).toContainEqual(expect.objectContaining({ type: 'Preempted', status: 'True', message }));
    expect(claimOf({ ...service, status: still }, [two]).madeWay).toEqual({
      to: 'default/high',
      nodes: ['b'],
      sinceMs: now.wallMs,
    });
    const whole = status(desired({ ...service, status: still }), observed([three]), now);
    expect(whole.conditions).toContainEqual(
      expect.objectContaining({ type: 'Preempted', status: 'False', reason: 'Restored' }),
    );
  });

  it('needs room for its surge during a rollout, and goes without one where there is none', () => {
    const next = webService(3, { template: { image: 'web@2.0.0#sylixos' } });
    const old = { ...three, id: 'old' };
    const grown = { ...running(nameOf(next), 1), online: 0, containerStatuses: [] };
    expect(claimOf(next, [old, grown]).wanted).toBe(4);
    const stuck = plan(desired(next), observed([old, grown]), now);
    expect(stuck.actions).toEqual([]);
    const shortage = { missing: 1, inOwnWay: true, message: 'no room' };
    const { actions } = plan(desired(next, { grant: { instances: 3, shortage } }), observed([old, grown]), now);
    expect(actions).toMatchObject([{ type: 'update', id: 'old', factor: 2 }]);
  });
});

describe('a claim', () => {
  it('is made by nobody that is held back by something else', () => {
    const waiting = webService(3, { dependsOn: [{ name: 'back' }] });
    expect(claimOf(waiting, []).wanted).toBe(0);
    expect(claimOf(waiting, [running(nameOf(waiting), 3)]).wanted).toBe(3);
    expect(claimOf(webService(3, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), []).wanted).toBe(0);
  });

  it('is explained in lines', () => {
    const service = webService(3, { priority: 7, preemptionPolicy: 'Never' });
    expect(explainClaim(service, [running(nameOf(service), 2)], 3, { memory: 64 * mebibyte, disk: 0 })).toEqual([
      ['Priority', '7, makes nobody go'],
      ['Each Needs', '64Mi of memory'],
      ['Granted', '2 of 3 instances'],
    ]);
  });
});

describe('what was started', () => {
  const service = webService(1, { dependsOn: [{ name: 'back' }] });
  const waitingFor = ['default/back'];

  it('goes on without its dependencies, even with nothing on the platform', () => {
    const runs = status(desired(service), observed([running(nameOf(service), 1)]), now);
    const started = { ...service, status: runs };
    expect(wasStarted(started)).toBe(true);
    expect(plan(desired(started, { waitingFor }), observed([]), now).actions).toMatchObject([{ type: 'create' }]);
    expect(plan(desired(service, { waitingFor }), observed([]), now).actions).toEqual([]);
  });

  it('is not what was scaled to nothing', () => {
    const zero = {
      ...service,
      spec: { ...service.spec, deploymentStrategy: { ...service.spec.deploymentStrategy, replicas: 0 } },
    };
    expect(wasStarted({ status: status(desired(zero), observed([]), now) })).toBe(false);
  });

  it('tells a cycle by its path', () => {
    const cycle = ['default/web', 'default/back', 'default/web'];
    const { conditions } = status(desired(service, { waitingFor, cycle }), observed([]), now);
    const said = conditions?.find(({ type }) => type === 'DependenciesReady');
    expect(said).toMatchObject({ status: 'False', reason: 'DependencyCycle' });
    expect(said?.message).toContain('default/web → default/back → default/web');
  });
});
