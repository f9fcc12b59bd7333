import { describe, expect, it } from 'vitest';

import {
  adoptAnnotation,
  deletionPolicyAnnotation,
  plan,
  templateHashOf,
  type Action,
  type ObservedService,
  status,
} from '../../src/index.js';
import { containers, desired, nameOf, now, observed, running, seen, staticService, webService } from '../helpers.js';

const v1 = webService(3);
const v2 = webService(3, { template: { image: 'web@2.0.0#sylixos' } });

function actions(
  service: typeof v1,
  services: readonly ObservedService[],
  more: Parameters<typeof observed>[1] = {},
): readonly Action[] {
  return plan(desired(service), observed(services, more), now).actions;
}

/** A service whose mark has not been read. */
function withoutMark(service: ObservedService): ObservedService {
  const copy = { ...service };
  delete (copy as { mark?: unknown }).mark;
  return copy;
}

/** Actions in few words. */
function brief(list: readonly Action[]): readonly string[] {
  return list.map((action) => {
    switch (action.type) {
      case 'create':
        return `create ${action.factor ?? action.nodes.join()}`;
      case 'update':
        return `update ${action.image} ${[action.factor, action.nodes?.join(), action.rename].filter((part) => part !== undefined).join(' ')}`.trim();
      case 'destroy':
        return `destroy ${action.cause}`;
      case 'act':
        return action.verb;
    }
  });
}

describe('plan', () => {
  it('is a function of its arguments', () => {
    const args = [desired(v2), observed([running(nameOf(v1), 3)]), now] as const;
    expect(plan(...args)).toEqual(plan(...structuredClone(args)));
  });

  it('creates all instances at once when there is nothing', () => {
    expect(brief(actions(v1, []))).toEqual(['create 3']);
    expect(brief(actions(staticService(['a', 'b']), []))).toEqual(['create a,b']);
  });

  it('does nothing when all is as it should be', () => {
    const result = plan(desired(v1), observed([seen(v1)]), now);
    expect(result).toMatchObject({ actions: [], waits: [], needs: [] });
  });

  it('scales up and down, and destroys the service for zero', () => {
    expect(brief(actions(webService(5), [running(nameOf(v1), 3)]))).toEqual(['update keep 5']);
    expect(brief(actions(webService(1), [running(nameOf(v1), 3)]))).toEqual(['update keep 1']);
    expect(brief(actions(webService(0), [running(nameOf(v1), 3)]))).toEqual(['destroy ScaledToZero']);
  });

  it('corrects nodes and policy', () => {
    expect(brief(actions(v1, [running(nameOf(v1), 3, { nodes: ['a'] })]))).toEqual(['update keep a,b,c']);
    expect(brief(actions(v1, [running(nameOf(v1), 3, { nodes: ['c', 'a', 'b'] })]))).toEqual([]);
    expect(actions(v1, [running(nameOf(v1), 3, { policy: 'static' })])[0]).toMatchObject({
      type: 'update',
      policy: 'dynamic',
    });
  });

  it('rolls a new template in steps that never ask for factor 0', () => {
    const old = running(nameOf(v1), 3);
    expect(brief(actions(v2, [old]))).toEqual(['create 1']);
    const starting = running(nameOf(v2), 1, { online: 0, deploying: true, createdTime: '2026-01-02' });
    expect(brief(actions(v2, [old, starting]))).toEqual([]);
    const up = running(nameOf(v2), 1, { createdTime: '2026-01-02' });
    expect(brief(actions(v2, [old, up]))).toEqual(['update keep 2']);
    expect(brief(actions(v2, [running(nameOf(v1), 1), running(nameOf(v2), 3)]))).toEqual(['destroy Rollout']);
  });

  it('counts instances that are on their way out against the surge', () => {
    const ending = running(nameOf(v1), 2, { containerStatuses: ['running', 'running', 'running'] });
    expect(brief(actions(v2, [ending, running(nameOf(v2), 1)]))).toEqual([]);
    expect(brief(actions(v2, [running(nameOf(v1), 2), running(nameOf(v2), 1)]))).toEqual(['update keep 2']);
  });

  it('waits until an old service of the same template is gone before it runs that again', () => {
    const leaving = running(nameOf(v1), 3, { leaving: true });
    const result = plan(desired(v1), observed([leaving]), now);
    expect(result.actions).toEqual([]);
    expect(result.waits[0]?.type).toBe('gone');
  });

  it('ends the old before it starts the new under Recreate', () => {
    const recreate = webService(3, { ...v2.spec, updateStrategy: { type: 'Recreate' } });
    expect(brief(actions(recreate, [running(nameOf(v1), 3)]))).toEqual(['destroy Rollout']);
    expect(brief(actions(recreate, [running(nameOf(v1), 3, { leaving: true })]))).toEqual([]);
    expect(brief(actions(recreate, []))).toEqual(['create 3']);
  });

  it('changes and renames the one service under InPlace, and removes leftovers', () => {
    const inPlace = webService(3, { ...v2.spec, updateStrategy: { type: 'InPlace' } });
    expect(brief(actions(inPlace, [running(nameOf(v1), 3)]))).toEqual([`update replace 3 a,b,c ${nameOf(v2)}`]);
    expect(brief(actions(inPlace, [running(nameOf(v1), 3), running(nameOf(v2), 3)]))).toEqual(['destroy Rollout']);
  });

  it('has no room for a surge where a fixed port needs a node for each instance', () => {
    const template = { image: 'web@2.0.0#sylixos', vsoa: { port: 4000 } };
    expect(brief(actions(webService(3, { template }), [running(nameOf(v1), 3)]))).toEqual(['update keep 2']);
    expect(brief(actions(webService(2, { template }), [running(nameOf(v1), 2)]))).toEqual(['create 1']);
  });

  it('takes a broken rollout no further than the bounds, and makes way for the next template at once', () => {
    const v3 = webService(3, { template: { image: 'web@3.0.0#sylixos' } });
    const broken = running(nameOf(v2), 1, { online: 0, containerStatuses: ['exited'], createdTime: '2026-01-02' });
    expect(
      brief(
        actions(v2, [running(nameOf(v1), 3), broken], {
          healing: new Map([[broken.id, { unwellSinceMs: now.observedMs, attempts: 0 }]]),
        }),
      ),
    ).toEqual([]);
    // It may have come up since the last look.
    expect(plan(desired(v3), observed([running(nameOf(v1), 3), broken]), now)).toMatchObject({
      actions: [],
      needs: [{ type: 'containers', id: broken.id }],
    });
    const read = (status: string) => ({ ...broken, containers: containers(`a:${status}`) });
    expect(brief(actions(v3, [running(nameOf(v1), 3), read('exited')]))).toEqual(['destroy Rollout']);
    expect(brief(actions(v3, [running(nameOf(v1), 3), read('running')]))).toEqual([]);
  });

  it('starts nothing new while it is paused, and still scales', () => {
    const paused = webService(5, {
      ...v2.spec,
      deploymentStrategy: { type: 'Dynamic', replicas: 5, nodePool: ['a', 'b', 'c'] },
      paused: true,
    });
    expect(brief(actions(paused, [running(nameOf(v1), 3)]))).toEqual(['update keep 5']);
    expect(brief(actions(webService(3, { paused: true }), []))).toEqual([]);
    const known = webService(3, { paused: true });
    expect(brief(actions({ ...known, status: { currentRevision: templateHashOf(known) } }, []))).toEqual(['create 3']);
  });

  it('destroys the younger of two twins', () => {
    const twin = running(nameOf(v1), 3, { id: 'younger', createdTime: '2026-01-02 00:00:00' });
    expect(actions(v1, [twin, running(nameOf(v1), 3)])).toMatchObject([
      { type: 'destroy', id: 'younger', cause: 'Twin' },
    ]);
  });

  it('asks for the detail of what it does not know yet, and does nothing before', () => {
    const unread = withoutMark(running(nameOf(v1), 1));
    expect(plan(desired(v1), observed([unread]), now)).toMatchObject({
      actions: [],
      needs: [{ type: 'detail', id: unread.id }],
    });
  });

  it('leaves a namesake without the mark alone', () => {
    const result = plan(desired(v1), observed([running(nameOf(v1), 1, { mark: null })]), now);
    expect(result).toMatchObject({ actions: [], blocked: { reason: 'NameTaken' } });
    expect(plan(desired(v1), observed([running(nameOf(v1), 1, { mark: 'other/default/web' })]), now).actions).toEqual(
      [],
    );
  });

  it('makes nothing anew beside what an operator with another id has made for the object', () => {
    const other = { ...desired(v1), operatorId: 'other' };
    const result = plan(other, observed([running(nameOf(v1), 1)]), now);
    expect(result).toMatchObject({ actions: [], blocked: { reason: 'OtherOperator' } });
    expect(result.blocked?.message).toContain('--operator-id default');
    expect(status(other, observed([running(nameOf(v1), 1)]), now).underlyingServiceID).toBe(`id-${nameOf(v1)}`);
    const foreign = running(nameOf(v1), 1, { mark: 'default/default/db' });
    expect(plan(other, observed([foreign]), now).actions).toMatchObject([{ type: 'create' }]);
  });

  it('adopts what it is told to, and lets it keep its name until the template changes', () => {
    const annotations = { [adoptAnnotation]: 'id-legacy' };
    const detail = seen(v1, { id: 'id-legacy', name: 'legacy' });
    const legacy = withoutMark(detail);
    const adopting = webService(3, {}, { annotations });
    expect(plan(desired(adopting), observed([legacy]), now).actions).toEqual([]);
    const changed = { ...webService(3, v2.spec, { annotations }), status: { currentRevision: templateHashOf(v1) } };
    expect(brief(actions(changed, [legacy]))).toEqual(['create 1']);
  });

  it('renames back what was renamed by hand', () => {
    expect(brief(actions(v1, [seen(v1, { name: 'renamed' })]))).toEqual([`update keep ${nameOf(v1)}`]);
  });

  it('rolls over what was changed by hand, and corrects it in place under Recreate', () => {
    const detail = seen(v1).detail;
    if (detail === undefined) throw new Error('no detail');
    const changed = seen(v1, { image: { ...detail.image, config: { ...detail.image.config, hostname: 'x' } } });
    const [rename] = actions(v1, [changed]);
    expect(rename).toMatchObject({ type: 'update', image: 'keep', cause: 'DriftCorrected' });
    expect(rename?.type === 'update' ? rename.rename : undefined).not.toBe(nameOf(v1));
    expect(brief(actions(webService(3, { updateStrategy: { type: 'Recreate' } }), [changed]))).toEqual([
      'update correct',
    ]);
  });

  it('starts what was stopped, after a grace and ever more patiently', () => {
    const stopped = running(nameOf(v1), 3, { online: 0, containerStatuses: ['exited', 'exited', 'exited'] });
    const record = (attempts: number, agoMs: number) => ({
      healing: new Map([
        [
          stopped.id,
          {
            unwellSinceMs: now.observedMs - agoMs,
            attempts,
            ...(attempts === 0 ? {} : { lastAttemptMs: now.observedMs - agoMs }),
          },
        ],
      ]),
    });
    expect(brief(actions(v1, [stopped], record(0, 9_000)))).toEqual([]);
    expect(brief(actions(v1, [stopped], record(0, 10_000)))).toEqual(['start']);
    expect(brief(actions(v1, [stopped], record(1, 19_000)))).toEqual([]);
    expect(brief(actions(v1, [stopped], record(1, 20_000)))).toEqual(['update keep']);
    expect(brief(actions(v1, [stopped], record(20, 599_000)))).toEqual([]);
    expect(brief(actions(v1, [stopped], record(20, 600_000)))).toEqual(['start']);
    const paused = { ...stopped, containerStatuses: ['paused', 'PAUSED', 'running'] };
    expect(brief(actions(v1, [paused], record(0, 10_000)))).toEqual(['unpause']);
  });

  it('waits for dependencies before the first start only', () => {
    const waiting = desired(v1, { waitingFor: ['default/db'] });
    expect(plan(waiting, observed([]), now).actions).toEqual([]);
    expect(brief(plan(waiting, observed([running(nameOf(v1), 2)]), now).actions)).toEqual(['update keep 3']);
  });

  it('destroys everything of a deleted object that carries its mark, and then says that it is gone', () => {
    const deleted = webService(3, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const stranger = running(nameOf(v2), 1, { mark: null });
    expect(brief(actions(deleted, [running(nameOf(v1), 3), stranger]))).toEqual(['destroy Deleted']);
    expect(plan(desired(deleted), observed([stranger]), now).gone).toBe(true);
    expect(plan(desired(deleted), observed([running(nameOf(v1), 3, { leaving: true })]), now)).toMatchObject({
      actions: [],
      gone: false,
    });
    const orphaning = webService(
      3,
      {},
      { deletionTimestamp: 'x', annotations: { [deletionPolicyAnnotation]: 'orphan' } },
    );
    expect(plan(desired(orphaning), observed([running(nameOf(v1), 3)]), now)).toMatchObject({
      actions: [],
      gone: true,
    });
  });

  it('returns to the last good revision when the newest has failed and is asked to', () => {
    const revisions = [{ hash: templateHashOf(v1), template: v1.spec.template }];
    const failed = {
      ...webService(3, { ...v2.spec, updateStrategy: { autoRollback: true } }),
      status: { currentRevision: templateHashOf(v1), failedRevision: templateHashOf(v2) },
    };
    const services = [
      running(nameOf(v1), 3),
      running(nameOf(v2), 1, { online: 0, containers: containers('a:exited') }),
    ];
    const result = plan(desired(failed, { revisions }), observed(services), now);
    expect(result.target).toMatchObject({ hash: templateHashOf(v1), rolledBack: true });
    expect(brief(result.actions)).toEqual(['destroy Rollout']);
  });

  it('keeps what runs where there is no room for any of it on the nodes named now, and gives the rest up', () => {
    const grant = { instances: 0, shortage: { missing: 3, inOwnWay: true, message: 'a is offline' } };
    const dead = containers('a:exited', 'b:exited', 'c:exited');
    const broken = running(nameOf(v2), 3, { online: 0, createdTime: '2026-01-02', containers: dead });
    const result = plan(desired(v2, { grant }), observed([running(nameOf(v1), 3), broken]), now);
    expect(result.actions).toMatchObject([{ type: 'destroy', id: broken.id }]);
    expect(result.waits.map(({ type }) => type)).toContain('room');
    // Right after a write of ours nobody knows whether it still runs.
    const written = running(nameOf(v1), 3, { online: 0, onlineSince: [0] });
    expect(plan(desired(v2, { grant }), observed([written]), now).actions).toEqual([]);
    const eviction = { instances: 3, to: 'default/high', nodes: ['a'], message: 'it makes way' };
    const evicted = plan(desired(v1, { grant: { ...grant, eviction } }), observed([running(nameOf(v1), 3)]), now);
    expect(brief(evicted.actions)).toEqual(['destroy ScaledToZero']);
  });

  it('takes an instance away for lack of room only where the next one may have its place', () => {
    const tight = {
      ...v2,
      spec: { ...v2.spec, updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    };
    const services = [running(nameOf(v1), 1), running(nameOf(tight), 1, { online: 0, createdTime: '2026-01-02' })];
    const planned = (inOwnWay: boolean) => {
      const grant = { instances: 1, shortage: { missing: 2, inOwnWay, message: 'no room' } };
      return brief(plan(desired(tight, { grant }), observed(services), now).actions);
    };
    expect(planned(true)).toEqual(['destroy Rollout']);
    expect(planned(false)).toEqual([]);
  });

  it('runs no more than it is granted', () => {
    expect(
      brief(plan(desired(v1, { grant: { instances: 1 } }), observed([running(nameOf(v1), 3)]), now).actions),
    ).toEqual(['update keep 1']);
  });
});
