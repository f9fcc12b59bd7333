import { describe, expect, it } from 'vitest';

import { departingNodes, plan, type Action, type Observed, type ObservedService } from '../../src/index.js';
import { containers, desired, nameOf, now, observed, running, staticService, webService } from '../helpers.js';

function onPool(nodePool: readonly string[], replicas: number, maxSurge: number, maxUnavailable: number) {
  return webService(replicas, {
    deploymentStrategy: { type: 'Dynamic', replicas, nodePool },
    updateStrategy: { rollingUpdate: { maxSurge, maxUnavailable } },
  });
}

function actions(
  service: ReturnType<typeof webService>,
  services: readonly ObservedService[],
  more: Partial<Observed> = {},
): readonly Action[] {
  return plan(desired(service), observed(services, more), now).actions;
}

describe('departingNodes', () => {
  it.each([
    [{ a: 1, b: 1 }, 1, ['a']],
    [{ a: 1, b: 1 }, 2, ['a', 'b']],
    [{ a: 2, b: 1 }, 1, ['b']],
    [{ a: 2, b: 1 }, 2, ['b']],
    [{ a: 2, b: 0 }, 0, ['b']],
    [{ a: 0, b: 0 }, -1, ['a', 'b']],
    [{ a: 3 }, 2, []],
  ])('of %j with %i to spare are %j', (cost, budget, nodes) => {
    const each = new Map(Object.entries(cost as Record<string, number>));
    expect([...departingNodes({ nodes: [...each.keys()], running: each, budget })].sort()).toEqual(nodes);
  });
});

describe('a changed node pool', () => {
  it('lets new nodes join before any old one is left', () => {
    const service = onPool(['b', 'c'], 3, 1, 0);
    const spread = containers('a:running', 'a:running', 'b:running');
    expect(actions(service, [running(nameOf(service), 3, { nodes: ['a', 'b'], containers: spread })])).toMatchObject([
      { type: 'update', nodes: ['a', 'b', 'c'], image: 'keep' },
    ]);
  });

  it('asks where the instances are before a node is left', () => {
    const service = onPool(['b', 'c'], 3, 1, 1);
    const result = plan(desired(service), observed([running(nameOf(service), 3)]), now);
    expect(result).toMatchObject({ actions: [], needs: [{ type: 'containers', id: `id-${nameOf(service)}` }] });
  });

  it('leaves nodes as far as the instances there can be missed, and takes replacements up when they are gone', () => {
    const service = onPool(['c'], 3, 1, 1);
    const spread = containers('a:running', 'b:running', 'c:running');
    expect(actions(service, [running(nameOf(service), 3, { containers: spread })])).toMatchObject([
      { type: 'update', nodes: ['b', 'c'], factor: 2 },
    ]);
    const going = running(nameOf(service), 2, {
      nodes: ['b', 'c'],
      containerStatuses: ['running', 'running', 'running'],
      containers: containers('a:running', 'b:running', 'c:running'),
    });
    expect(actions(service, [going]).filter(({ type }) => type === 'update')).toMatchObject([{ factor: 3 }]);
  });

  it('waits while instances are missing', () => {
    const service = onPool(['c'], 3, 1, 1);
    const short = running(nameOf(service), 3, {
      online: 2,
      containers: containers('a:running', 'b:running', 'c:exited'),
    });
    const result = plan(desired(service), observed([short]), now);
    expect(result.actions).toEqual([]);
    expect(result.waits[0]?.message).toContain('before a, b is left');
  });

  it('leaves a node at once on which nothing runs', () => {
    const service = onPool(['b', 'c'], 2, 1, 0);
    const away = containers('b:running', 'c:running');
    expect(actions(service, [running(nameOf(service), 2, { containers: away })])).toMatchObject([
      { nodes: ['b', 'c'] },
    ]);
  });

  it('rolls over where none may be missing', () => {
    const service = onPool(['c'], 1, 1, 0);
    const [rename] = actions(service, [
      running(nameOf(service), 1, { nodes: ['a', 'c'], containers: containers('a:running') }),
    ]);
    expect(rename).toMatchObject({ type: 'update', image: 'keep', cause: 'Rollout' });
    const renamed = rename?.type === 'update' ? rename.rename : undefined;
    expect(renamed).toMatch(/^web-/);
    expect(renamed).not.toBe(nameOf(service));
    expect(actions(service, [running(renamed ?? '', 1)])).toMatchObject([{ type: 'create', factor: 1, nodes: ['c'] }]);
  });

  describe('when every instance has to go', () => {
    const v2 = { template: { image: 'web@2.0.0#sylixos' } };
    const alone =
      (status: string, more: Partial<ObservedService> = {}) =>
      (service: ReturnType<typeof webService>) =>
        running(nameOf(service), 1, { nodes: ['a', 'b'], containers: containers(`a:${status}`), ...more });

    it('moves it where the surge has room for the replacement', () => {
      const service = onPool(['b'], 1, 1, 1);
      expect(actions(service, [alone('running')(service)])).toMatchObject([{ type: 'update', nodes: ['b'] }]);
    });

    it.each([
      ['there is no surge', 0, 1, []],
      ['an old service fills the surge', 1, 0, [running(nameOf(webService(1)), 1, { createdTime: '2025' })]],
      ['what ends fills the surge', 1, 1, [running(nameOf(webService(1)), 1, { createdTime: '2025', leaving: true })]],
    ])('replaces it like an earlier revision where %s', (_, surge, unavailable, others) => {
      const { spec } = onPool(['b'], 1, surge, unavailable);
      const service = webService(1, { ...spec, ...v2 });
      const [action, ...more] = actions(service, [...others, alone('running')(service)]);
      expect(action).toMatchObject({ type: 'update', image: 'keep', cause: 'Rollout' });
      expect(action).toHaveProperty('rename');
      expect(action).not.toHaveProperty('nodes');
      expect(more).toEqual([]);
    });

    it('moves it whatever there is where nothing of it runs, since nothing of it has to end first', () => {
      const { spec } = onPool(['b'], 1, 1, 0);
      const service = webService(1, { ...spec, ...v2 });
      const old = running(nameOf(webService(1)), 1, { createdTime: '2025' });
      const dead = alone('exited', { online: 0 })(service);
      expect(actions(service, [old, dead])).toMatchObject([{ type: 'update', id: dead.id, nodes: ['b'] }]);
    });
  });

  it('keeps to its bounds also where room was granted on other nodes only', () => {
    const service = onPool(['a', 'b'], 5, 2, 1);
    const was = running(nameOf(service), 1, { policy: 'static', nodes: ['c'], containers: containers('c:running') });
    const grant = { instances: 5, nodes: ['a', 'b'] };
    const result = plan(desired(service, { grant }), observed([was]), now);
    expect(result.actions).toMatchObject([{ policy: 'dynamic', factor: 5, nodes: ['c', 'a', 'b'] }]);
  });

  it('chooses those of too many that do not run, by their nodes', () => {
    const service = onPool(['a', 'b'], 1, 1, 0);
    const was = running(nameOf(service), 3, { nodes: ['a', 'b'], online: 1 });
    expect(plan(desired(service), observed([was]), now).needs).toMatchObject([{ type: 'containers' }]);
    const read = { ...was, containers: containers('a:exited', 'a:exited', 'b:running') };
    expect(actions(service, [read])).toMatchObject([{ factor: 1, nodes: ['b'] }]);
  });

  it('does not count on what has been told to go', () => {
    const service = onPool(['c'], 2, 1, 0);
    const old = running(nameOf(webService(1, { template: { image: 'web@2.0.0#sylixos' } })), 2, { leaving: true });
    const all = containers('a:running', 'b:running', 'c:running');
    const [action] = actions(service, [old, running(nameOf(service), 3, { containers: all })]);
    expect(action).toMatchObject({ factor: 2 });
    expect(action).not.toHaveProperty('nodes');
  });

  it('starts nothing beside an instance that starts and has to end first', () => {
    const service = webService(1, { ...onPool(['b'], 1, 1, 0).spec, template: { image: 'web@2.0.0#sylixos' } });
    const old = running(nameOf(webService(1)), 1, { createdTime: '2025' });
    const starting = running(nameOf(service), 1, {
      nodes: ['c'],
      online: 0,
      deploying: true,
      containers: containers('c:created'),
    });
    expect(actions(service, [old, starting])).toMatchObject([{ nodes: ['c', 'b'] }]);
  });

  it('is sent as it is where everything may be missing', () => {
    const service = webService(3, {
      deploymentStrategy: { type: 'Dynamic', replicas: 3, nodePool: ['c'] },
      updateStrategy: { type: 'Recreate' },
    });
    expect(actions(service, [running(nameOf(service), 3)])).toMatchObject([{ nodes: ['c'] }]);
  });
});

describe('a certain instance that must go', () => {
  const v1 = webService(4);
  const v2 = webService(4, { template: { image: 'web@2.0.0#sylixos' } });

  it('takes its node along when an old service shrinks', () => {
    const broken = { healing: new Map([[`id-${nameOf(v1)}`, { unwellSinceMs: 0, attempts: 1 }]]) };
    const statuses = ['running', 'running', 'running', 'exited'];
    const old = running(nameOf(v1), 4, { online: 3, containerStatuses: statuses });
    const current = running(nameOf(v2), 1, { createdTime: '2026-01-02' });
    expect(plan(desired(v2), observed([old, current], broken), now)).toMatchObject({
      actions: [],
      needs: [{ type: 'containers', id: old.id }],
    });
    const read = { ...old, containers: containers('a:running', 'a:running', 'b:exited', 'c:running') };
    expect(actions(v2, [read, current], broken)).toMatchObject([
      { type: 'update', id: old.id, factor: 2, nodes: ['a', 'c'] },
    ]);
  });

  const healing = (attempts: number) => ({
    healing: new Map([[`id-${nameOf(v1)}`, { unwellSinceMs: 0, attempts, lastAttemptMs: 0 }]]),
  });

  it('leaves the node on which it fails again and again, for a while', () => {
    const failures = [{ nodeName: 'b', message: 'disk broken' }];
    const failing = running(nameOf(v1), 4, { online: 3, failures });
    expect(actions(v1, [failing], healing(0))).toMatchObject([{ type: 'update', cause: 'Heal' }]);
    expect(actions(v1, [failing], healing(1))).toMatchObject([{ type: 'act', verb: 'start' }]);
    const read = { ...failing, containers: containers('a:running', 'a:running', 'b:exited', 'c:running') };
    expect(actions(v1, [read], healing(2))).toMatchObject([{ nodes: ['a', 'c'], leaves: ['b'], cause: 'Heal' }]);
    const anew = { unwellSinceMs: 0, attempts: 2, attemptsBefore: 2, lastAttemptMs: 0 };
    const [first] = actions(v1, [read], { healing: new Map([[read.id, anew]]) });
    expect(first).toMatchObject({ cause: 'Heal' });
    expect(first).not.toHaveProperty('leaves');
    const left = running(nameOf(v1), 4, { nodes: ['a', 'c'] });
    const avoided = (untilMs: number) => ({ avoided: new Map([[left.id, { nodes: ['b'], untilMs }]]) });
    expect(actions(v1, [left], avoided(now.observedMs + 1))).toEqual([]);
    expect(actions(v1, [left], avoided(now.observedMs))).toMatchObject([{ nodes: ['a', 'b', 'c'] }]);
  });

  it('is a duplicate that a node brought back: the definition is sent again, and if that does not help a node is left', () => {
    const five = ['running', 'running', 'running', 'running', 'running'];
    const twice = running(nameOf(v1), 4, { online: 5, containerStatuses: five });
    expect(plan(desired(v1), observed([twice], healing(0)), now).needs).toMatchObject([{ type: 'containers' }]);
    const read = {
      ...twice,
      containers: containers('a:running', 'a:running', 'b:running', 'b:running', 'c:running'),
    };
    expect(actions(v1, [read], healing(2))).toMatchObject([{ nodes: ['a', 'b'], leaves: ['c'] }]);
  });

  it('is a duplicate of an earlier image: its node is left at once', () => {
    const five = ['running', 'running', 'running', 'running', 'running'];
    const rows = containers('a:running', 'a:running', 'b:running', 'b:running', 'c:running');
    const images = ['1.0.0', '1.0.0', '1.0.0', '1.0.0', '0.9.0'];
    const read = (tags: readonly string[]) =>
      running(nameOf(v1), 4, {
        online: 5,
        containerStatuses: five,
        containers: rows.map((row, index) => ({ ...row, imageName: 'web', imageVersion: tags[index] ?? '' })),
      });
    expect(actions(v1, [read(images)], healing(0))).toMatchObject([{ nodes: ['a', 'b'], leaves: ['c'] }]);
    const [same] = actions(v1, [read(images.map(() => '1.0.0'))], healing(0));
    expect(same).toMatchObject({ type: 'update', cause: 'Heal', image: 'keep' });
    expect(same).not.toHaveProperty('leaves');
  });

  it('never takes the last node', () => {
    const one = { ...running(nameOf(v1), 4, { nodes: ['a'], online: 0, failures: [{ nodeName: 'a', message: 'x' }] }) };
    const pool = webService(4, { deploymentStrategy: { type: 'Dynamic', replicas: 4, nodePool: ['a'] } });
    const read = { ...one, containers: containers('a:exited', 'a:exited', 'a:exited', 'a:exited') };
    const [action] = actions(pool, [read], healing(2));
    expect(action).toMatchObject({ type: 'update', cause: 'Heal' });
    expect(action).not.toHaveProperty('nodes');
  });
});

describe('a Static service that is broken on one of its nodes', () => {
  const onThree = (tag: string) =>
    webService(0, {
      deploymentStrategy: { type: 'Static', nodes: ['a', 'b', 'c'] },
      template: { image: `web@${tag}#sylixos` },
    });
  const old = running(nameOf(onThree('1.0.0')), 3, {
    policy: 'static',
    online: 2,
    containerStatuses: ['running', 'exited', 'running'],
  });
  const unwellFor = (ms: number) => ({
    healing: new Map([[old.id, { unwellSinceMs: now.observedMs - ms, attempts: 9, lastAttemptMs: now.observedMs }]]),
  });

  it('gets its new template there first, once it has been broken for long', () => {
    expect(actions(onThree('2.0.0'), [old], unwellFor(59_000))).toEqual([]);
    const result = plan(desired(onThree('2.0.0')), observed([old], unwellFor(60_000)), now);
    expect(result).toMatchObject({ actions: [], needs: [{ type: 'containers', id: old.id }] });
    const read = { ...old, containers: containers('a:running', 'b:exited', 'c:running') };
    expect(actions(onThree('2.0.0'), [read], unwellFor(60_000))).toMatchObject([{ type: 'update', nodes: ['a', 'c'] }]);
  });

  it('is not given up because nothing has shown yet what is left of it', () => {
    const left = { ...old, nodes: ['a'], online: 0, onlineSince: [0], deploying: true };
    expect(actions(onThree('2.0.0'), [left], unwellFor(60_000)).filter(({ type }) => type === 'destroy')).toEqual([]);
    const unread = { ...left, onlineSince: [] };
    const dead = { ...unread, containers: containers('a:exited') };
    expect(plan(desired(onThree('2.0.0')), observed([unread], unwellFor(60_000)), now)).toMatchObject({
      actions: [],
      needs: [{ type: 'containers' }],
    });
    expect(actions(onThree('2.0.0'), [dead], unwellFor(60_000))).toMatchObject([{ type: 'destroy', id: old.id }]);
  });
});

describe('an old service without instances', () => {
  it.each([
    ['Dynamic', webService(3, { template: { image: 'web@2.0.0#sylixos' } }), {}],
    ['Static', staticService(['a'], { template: { image: 'web@2.0.0#sylixos' } }), { policy: 'static', nodes: [] }],
  ] as const)('goes, below a %s one', (_, service, more) => {
    const none = running(nameOf(webService(3)), 0, { containers: [], ...more });
    const size = service.spec.deploymentStrategy.type === 'Static' ? { policy: 'static', nodes: ['a'] } : {};
    const current = running(nameOf(service), size.nodes?.length ?? 3, { createdTime: '2026-01-02', ...size });
    expect(actions(service, [none, current])).toMatchObject([{ type: 'destroy', id: none.id }]);
  });
});

describe('an old service that has yet to end some of its instances', () => {
  it('makes up for nothing with those', () => {
    const v2 = webService(4, { template: { image: 'web@2.0.0#sylixos' } });
    const old = running(nameOf(webService(4)), 5, { online: 7, containerStatuses: Array<string>(7).fill('running') });
    expect(actions(v2, [old])).toMatchObject([{ type: 'update', factor: 3 }]);
  });
});

describe('a change of the wanted number in the middle of a rollout', () => {
  const v1 = webService(10);
  const v2 = webService(20, {
    template: { image: 'web@2.0.0#sylixos' },
    updateStrategy: { rollingUpdate: { maxSurge: 2 } },
  });
  const half = [running(nameOf(v1), 6), running(nameOf(v2), 6, { createdTime: '2026-01-02' })];

  it('gives each template its share', () => {
    expect(actions(v2, half, { wantedBefore: 10 })).toMatchObject([
      { name: nameOf(v1), factor: 11, cause: 'Scale' },
      { name: nameOf(v2), factor: 11, cause: 'Scale' },
    ]);
  });

  it('is none when the number is the same as before, or nothing is known of before', () => {
    expect(actions(v2, half, { wantedBefore: 20 })).toMatchObject([{ name: nameOf(v2), factor: 16 }]);
    expect(actions(v2, half)).toMatchObject([{ name: nameOf(v2), factor: 16 }]);
  });

  it('grows by no more than there is room for beside what has yet to end', () => {
    const ending = (more: number) =>
      half.map((each) => ({ ...each, containerStatuses: Array<string>(6 + more).fill('running') }));
    expect(actions(v2, ending(4), { wantedBefore: 10 })).toMatchObject([{ factor: 7 }, { factor: 7 }]);
    expect(actions(v2, ending(5), { wantedBefore: 10 })).toEqual([]);
    const paused = webService(20, { ...v2.spec, paused: true });
    expect(actions(paused, ending(5), { wantedBefore: 10 })).toEqual([]);
    expect(actions(paused, ending(4))).toMatchObject([{ name: nameOf(v2), factor: 8 }]);
  });

  it('gives shares also while the rollout is paused', () => {
    const paused = webService(20, { ...v2.spec, paused: true });
    expect(actions(paused, half, { wantedBefore: 10 })).toMatchObject([{ factor: 11 }, { factor: 11 }]);
  });

  it('takes no available instance that must stay when it shrinks', () => {
    const small = webService(5, { ...v2.spec, deploymentStrategy: { type: 'Dynamic', replicas: 5, nodePool: ['a'] } });
    const starting = running(nameOf(v2), 6, { createdTime: '2026-01-02', online: 0, nodes: ['a'] });
    const [old] = actions(small, [running(nameOf(v1), 5), starting], { wantedBefore: 10 });
    expect(old).toMatchObject({ name: nameOf(v1), factor: 4 });
  });
});

describe('a platform that restarts all instances at every change', () => {
  const platform = { putRestarts: 'all' } as const;
  const v1 = webService(3);
  const planned = (service: typeof v1, services: readonly ObservedService[]) =>
    plan(desired(service, { platform }), observed(services), now).actions;

  it('gets a new template by Recreate', () => {
    const v2 = webService(3, { template: { image: 'web@2.0.0#sylixos' } });
    expect(planned(v2, [running(nameOf(v1), 3)])).toMatchObject([{ type: 'destroy', cause: 'Rollout' }]);
    expect(planned(v2, [])).toMatchObject([{ type: 'create', factor: 3 }]);
  });

  it('gets all new instances first where the surge has room for them', () => {
    const v2 = webService(3, {
      template: { image: 'web@2.0.0#sylixos' },
      updateStrategy: { rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } },
    });
    expect(planned(v2, [running(nameOf(v1), 3)])).toMatchObject([{ type: 'create', factor: 3 }]);
    const starting = running(nameOf(v2), 3, { online: 2, createdTime: '2026-01-02' });
    expect(planned(v2, [running(nameOf(v1), 3), starting])).toEqual([]);
    const up = running(nameOf(v2), 3, { createdTime: '2026-01-02' });
    expect(planned(v2, [running(nameOf(v1), 3), up])).toMatchObject([{ type: 'destroy', name: nameOf(v1) }]);
  });

  it('does not restart what runs for the sake of what does not', () => {
    const short = running(nameOf(v1), 3, { online: 2, failures: [{ nodeName: 'a', message: 'x' }] });
    const healing = new Map([[short.id, { unwellSinceMs: 0, attempts: 0 }]]);
    const result = plan(desired(v1, { platform }), observed([short], { healing }), now);
    expect(result.actions).toMatchObject([{ type: 'act', verb: 'start' }]);
  });
});

describe('a changed type of deployment', () => {
  const fixed = webService(0, {
    deploymentStrategy: { type: 'Static', nodes: ['a', 'b'] },
    template: { image: 'web@2.0.0#sylixos' },
  });

  it.each([
    [
      'as it is where each node has its instance',
      ['a:running', 'b:running'],
      {},
      { nodes: ['a', 'b'], policy: 'static' },
    ],
    [
      'as it is where an instance may be missing',
      ['a:running', 'a:running'],
      { maxSurge: 1, maxUnavailable: 1 },
      { policy: 'static' },
    ],
    [
      'by replacing it where none may be missing',
      ['a:running', 'a:running'],
      { maxSurge: 1, maxUnavailable: 0 },
      { cause: 'Rollout', image: 'keep' },
    ],
    [
      'by replacing it where there is no surge',
      ['a:running', 'a:running'],
      { maxSurge: 0, maxUnavailable: 1 },
      { cause: 'Rollout', image: 'keep' },
    ],
  ])('turns a Dynamic service into a Static one %s', (_, where, rollingUpdate, action) => {
    const agent = webService(0, {
      deploymentStrategy: { type: 'Static', nodes: ['a', 'b'] },
      updateStrategy: { rollingUpdate },
    });
    const was = running(nameOf(agent), 2, { containers: containers(...where) });
    expect(actions(agent, [was])).toMatchObject([{ type: 'update', ...action }]);
    expect('rename' in (actions(agent, [was])[0] ?? {})).toBe('cause' in action);
  });

  describe('takes nodes from an old Static service', () => {
    const v2 = webService(3, { template: { image: 'web@2.0.0#sylixos' } });
    const old = (containerStatuses: readonly string[], more: Partial<ObservedService> = {}) =>
      running(nameOf(webService(3)), 0, {
        policy: 'static',
        nodes: ['a', 'b'],
        containerStatuses,
        online: containerStatuses.filter((status) => status === 'running').length,
        ...more,
      });
    const current = (factor: number) => running(nameOf(v2), factor, { createdTime: '2026-01-02' });

    it('one for each instance that is to go, since becoming Dynamic would end them all', () => {
      const [action, ...more] = actions(v2, [old(['running', 'running']), current(2)]);
      expect(action).toMatchObject({ type: 'update', nodes: ['a'] });
      expect(action).not.toHaveProperty('policy');
      expect(action).not.toHaveProperty('factor');
      expect(more).toEqual([]);
    });

    it('first those on which nothing runs', () => {
      const broken = old(['exited', 'running'], { containers: containers('a:exited', 'b:running') });
      const healing = new Map([[broken.id, { unwellSinceMs: now.observedMs - 600_000, attempts: 1 }]]);
      const [action] = actions(v2, [broken, current(2)], { healing });
      expect(action).toMatchObject({ type: 'update', nodes: ['b'] });
      expect(action).not.toHaveProperty('policy');
    });

    it('for its share of fewer instances, and none for a share of more', () => {
      const share = (replicas: number, wantedBefore: number) => {
        const { spec } = webService(replicas, { template: { image: 'web@2.0.0#sylixos' } });
        const service = webService(replicas, spec);
        return actions(service, [old(['running', 'running']), current(2)], { wantedBefore })
          .filter(({ name }) => name === nameOf(webService(3)))
          .map((action) => ('nodes' in action ? action.nodes : action));
      };
      expect(share(2, 4)).toEqual([['a']]);
      expect(share(8, 4)).toEqual([]);
    });
  });

  it('starts nothing elsewhere for a Dynamic service that returns as Static beside another one', () => {
    const service = webService(0, {
      deploymentStrategy: { type: 'Static', nodes: ['a', 'b'] },
      updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    });
    const again = running(nameOf(service), 1, { containers: containers('b:running') });
    const other = running(nameOf(webService(3, { template: { image: 'web@2.0.0#sylixos' } })), 4);
    const [action] = actions(service, [again, other]);
    expect(action).toMatchObject({ type: 'update', id: again.id, rename: expect.any(String) as string });
    expect(action).not.toHaveProperty('policy');
  });

  it('hands over from an old Dynamic service by numbers, since nobody knows its nodes', () => {
    const old = running(nameOf(webService(3)), 2, { nodes: ['a', 'b'] });
    const [shrinking] = actions(fixed, [old]);
    expect(shrinking).toMatchObject({ id: old.id, factor: 1 });
    expect(shrinking).not.toHaveProperty('policy');
    const less = running(nameOf(webService(3)), 1, { nodes: ['a', 'b'] });
    expect(actions(fixed, [less])).toMatchObject([{ type: 'create', nodes: ['a'] }]);
    const first = running(nameOf(fixed), 1, { policy: 'static', nodes: ['a'], createdTime: '2026-01-02' });
    expect(actions(fixed, [less, first])).toMatchObject([{ type: 'destroy', id: less.id }]);
    expect(actions(fixed, [first])).toMatchObject([{ type: 'update', nodes: ['a', 'b'] }]);
  });
});

describe('instances that must prove themselves', () => {
  it.each([
    ['an old Dynamic service', webService(1, { updateStrategy: { minReadySeconds: 5 } }), 'dynamic'],
    [
      'a Static service',
      webService(0, { deploymentStrategy: { type: 'Static', nodes: ['a'] }, updateStrategy: { minReadySeconds: 5 } }),
      'static',
    ],
  ] as const)('are looked at again when they have: %s', (_, service, policy) => {
    const onlineSince = [now.observedMs - 1000];
    const nodes = policy === 'static' ? ['a'] : ['a', 'b', 'c'];
    const young = running(nameOf(service), 1, { policy, nodes, onlineSince });
    const next = { ...service, spec: { ...service.spec, template: { image: 'web@2.0.0#sylixos' } } };
    for (const object of [service, next]) {
      const { waits } = plan(
        desired(object),
        observed([
          young,
          ...(object === next
            ? [running(nameOf(next), 1, { policy, nodes, onlineSince, createdTime: '2026-01-02' })]
            : []),
        ]),
        now,
      );
      expect(waits.filter(({ type }) => type === 'minReady').map(({ recheckMs }) => recheckMs)).toContain(4000);
    }
  });
});
