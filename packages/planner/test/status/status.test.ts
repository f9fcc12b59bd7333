import { findCondition, serviceStatusWord, type ECSMService } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import {
  conditionChange,
  isProgress,
  status,
  templateHashOf,
  type ObservedService,
  type Observed,
} from '../../src/index.js';
import { desired, nameOf, now, observed, running, webService } from '../helpers.js';

const service = webService(4);

function statusOf(
  object: ECSMService,
  services: readonly ObservedService[],
  more: Partial<Observed> = {},
  waitingFor: readonly string[] = [],
) {
  return status(desired(object, { waitingFor }), observed(services, more), now);
}

/** The word in tables for an object with this status. */
function word(object: ECSMService, services: readonly ObservedService[], more: Partial<Observed> = {}): string {
  return serviceStatusWord({ ...object, status: statusOf(object, services, more) });
}

describe('status', () => {
  it('counts, and says that all is well', () => {
    const result = statusOf(service, [running(nameOf(service), 4)]);
    expect(result).toMatchObject({
      observedGeneration: 1,
      replicas: 4,
      readyReplicas: 4,
      updatedReplicas: 4,
      availableReplicas: 4,
      unavailableReplicas: 0,
      currentRevision: templateHashOf(service),
      updateRevision: templateHashOf(service),
      underlyingServiceID: `id-${nameOf(service)}`,
      statusObservedTime: '2026-01-01T00:00:00.000Z',
    });
    expect(result.conditions?.map(({ type, status: value, reason }) => `${type} ${value} ${reason}`)).toEqual([
      'Available True MinimumReplicasAvailable',
      'Progressing True RolloutComplete',
      'Degraded False AsExpected',
      'DependenciesReady True NoDependencies',
      'PlatformReachable True Answering',
    ]);
    expect(word(service, [running(nameOf(service), 4)])).toBe('Available');
  });

  it('is the same object when there is nothing new', () => {
    const first = statusOf(service, [running(nameOf(service), 4)]);
    const again = status(desired({ ...service, status: first }), observed([running(nameOf(service), 4)]), {
      ...now,
      wallMs: now.wallMs + 60_000,
    });
    expect(again).toBe(first);
  });

  it('keeps conditions of others and what it has no news of', () => {
    const foreign = {
      type: 'example.dev/Checked',
      status: 'False',
      reason: 'X',
      message: '',
      lastTransitionTime: 'then',
    } as const;
    const result = statusOf({ ...service, status: { conditions: [foreign], currentRevision: 'before' } }, []);
    expect(result.conditions).toContain(foreign);
    expect(result.currentRevision).toBe('before');
  });

  it.each([
    // online of 4, maxUnavailable 25 % = 1 → Available
    [4, 'True'],
    [3, 'True'],
    [2, 'False'],
    [0, 'False'],
  ])('with %i of 4 instances Available is %s, as for a Deployment', (online, expected) => {
    const result = statusOf(service, [running(nameOf(service), 4, { online })]);
    expect(findCondition(result.conditions, 'Available')?.status).toBe(expected);
  });

  it('is Available when nothing is asked for', () => {
    const result = statusOf(webService(0), []);
    expect(findCondition(result.conditions, 'Available')).toMatchObject({ status: 'True', reason: 'ScaledToZero' });
    expect(word(webService(0), [])).toBe('Available');
  });

  it('counts no instance as ready that fails its health check', () => {
    const result = statusOf(service, [running(nameOf(service), 4, { unhealthy: true })]);
    expect(result).toMatchObject({ replicas: 4, readyReplicas: 0, availableReplicas: 0 });
    expect(findCondition(result.conditions, 'Degraded')).toMatchObject({ status: 'True', reason: 'Unhealthy' });
  });

  it('counts an instance as available once it has been ready for minReadySeconds', () => {
    const patient = webService(2, { updateStrategy: { minReadySeconds: 10 } });
    const onlineSince = [now.observedMs - 10_000, now.observedMs - 9_999];
    expect(statusOf(patient, [running(nameOf(patient), 2, { onlineSince })])).toMatchObject({
      readyReplicas: 2,
      availableReplicas: 1,
    });
  });

  it('counts deployed instances as ready where none is to be started', () => {
    const loading = webService(2, { template: { image: 'web@1.0.0#sylixos', platformSpecific: { action: 'Load' } } });
    expect(
      statusOf(loading, [running(nameOf(loading), 2, { online: 0, containerStatuses: ['created', 'created'] })]),
    ).toMatchObject({ readyReplicas: 2, availableReplicas: 2 });
  });

  it('tells the failure in the words of the platform', () => {
    const failures = [{ nodeName: 'a', message: 'no such image' }];
    const result = statusOf(service, [running(nameOf(service), 4, { online: 0, failures })]);
    expect(findCondition(result.conditions, 'Degraded')).toMatchObject({
      reason: 'InstancesFailed',
      message: 'a: no such image',
    });
    expect(word(service, [running(nameOf(service), 4, { online: 0, failures })])).toBe('Degraded');
  });

  it('says that instances have failed until they run, also while the platform tries them again', () => {
    const failures = [{ nodeName: 'a', message: 'node a is offline' }];
    const failed = { ...service, status: statusOf(service, [running(nameOf(service), 4, { online: 3, failures })]) };
    const again = statusOf(failed, [running(nameOf(service), 4, { online: 3, deploying: true })]);
    expect(conditionChange(failed.status, again, 'Degraded')).toBeUndefined();
    expect(findCondition(again.conditions, 'Degraded')?.message).toBe('a: node a is offline');
    const well = statusOf(failed, [running(nameOf(service), 4)]);
    expect(findCondition(well.conditions, 'Degraded')?.status).toBe('False');
    const ended = statusOf(failed, [running(nameOf(service), 4, { online: 3 })]);
    expect(findCondition(ended.conditions, 'Degraded')?.status).toBe('False');
  });

  it('gives up on a rollout that makes no progress for the deadline, in observed time', () => {
    const slow = webService(4, { updateStrategy: { progressDeadlineSeconds: 60 } });
    const services = [running(nameOf(slow), 4, { online: 1 })];
    const at = (agoMs: number) => statusOf(slow, services, { progressedAtMs: now.observedMs - agoMs });
    expect(findCondition(at(59_999).conditions, 'Progressing')?.status).toBe('True');
    expect(findCondition(at(60_000).conditions, 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    });
    expect(at(60_000).failedRevision).toBe(templateHashOf(slow));
    const paused = webService(4, { ...slow.spec, paused: true });
    expect(findCondition(statusOf(paused, services, { progressedAtMs: 0 }).conditions, 'Progressing')?.reason).toBe(
      'Paused',
    );
  });

  it('tells the end of a rollout once: what is lost and comes back later concerns Available alone', () => {
    const complete = { ...service, status: statusOf(service, [running(nameOf(service), 4)]) };
    const services = [running(nameOf(service), 4, { online: 1 })];
    const lost = statusOf(complete, services, { progressedAtMs: now.observedMs });
    expect(findCondition(lost.conditions, 'Available')?.status).toBe('False');
    expect(conditionChange(complete.status, lost, 'Progressing')).toBeUndefined();
    const long = statusOf(complete, services, { progressedAtMs: now.observedMs - 600_000 });
    expect(findCondition(long.conditions, 'Progressing')?.reason).toBe('ProgressDeadlineExceeded');
  });

  it.each([
    // what changes about a complete one → why it progresses again
    [
      'a new generation',
      { ...service.metadata, generation: 2 },
      [running(nameOf(service), 4, { online: 1 })],
      'Settling',
    ],
    [
      'a restart',
      { ...service.metadata, annotations: { 'ecsm.sh/restarted-at': 'now' } },
      [running(nameOf(service), 4)],
      'RollingOut',
    ],
    [
      'its service was made anew',
      service.metadata,
      [running(nameOf(service), 4, { id: 'new', online: 1 })],
      'Settling',
    ],
    ['its service is gone', service.metadata, [], 'Starting'],
  ])('progresses again after %s', (_what, metadata, services, reason) => {
    const complete = statusOf(service, [running(nameOf(service), 4)]);
    const next = statusOf({ ...service, metadata, status: complete }, services);
    expect(findCondition(next.conditions, 'Progressing')?.reason).toBe(reason);
  });

  it('says what it waits for', () => {
    const dependent = webService(1, { dependsOn: [{ name: 'db' }] });
    const result = statusOf(dependent, [], {}, ['default/db']);
    expect(findCondition(result.conditions, 'DependenciesReady')).toMatchObject({
      status: 'False',
      message: 'not Available: default/db',
    });
    const started = statusOf(dependent, [running(nameOf(dependent), 1)], {}, ['default/db']);
    expect(findCondition(started.conditions, 'DependenciesReady')?.status).toBe('True');
  });

  it('says that the platform does not answer', () => {
    const result = statusOf(service, [], { unreachable: { reason: 'Timeout', message: 'no answer' } });
    expect(findCondition(result.conditions, 'PlatformReachable')).toMatchObject({ status: 'False', reason: 'Timeout' });
  });

  it('tells which condition has changed', () => {
    const before = statusOf(service, []);
    const after = statusOf(service, [running(nameOf(service), 4)]);
    expect(conditionChange(before, after, 'Progressing')?.reason).toBe('RolloutComplete');
    expect(conditionChange(before, after, 'Degraded')).toBeUndefined();
  });

  it.each([
    // what changes → whether that is progress
    [{}, false],
    [{ done: 5 }, true],
    [{ done: 3 }, false],
    [{ rollout: 'b' }, true],
    [{ complete: true }, true],
  ])('takes %j for progress: %s', (change, progress) => {
    const before = { rollout: 'a', done: 4, complete: false };
    expect(isProgress(before, { ...before, ...change })).toBe(progress);
    expect(isProgress(undefined, before)).toBe(true);
  });
});
