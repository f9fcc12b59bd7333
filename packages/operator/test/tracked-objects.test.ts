import type { ObservedService } from '@ecsm/planner';
import { expect, it } from 'vitest';

import { TrackedObjects } from '../src/platform/tracked-objects.js';

const web = { kind: 'ECSMService', namespace: 'default', name: 'web' };
const api = { kind: 'ECSMService', namespace: 'default', name: 'api' };

function service(id: string, name: string, mark?: string): ObservedService {
  const none = { nodes: [], containerStatuses: [], failures: [] };
  const rest = { deploying: false, policy: 'dynamic', factor: 0, image: '', createdTime: '', online: 0 };
  return { id, name, ...none, ...rest, ...(mark === undefined ? {} : { mark }) };
}

it('finds the owner of a platform service by the hash in its name, or by an id', () => {
  const tracked = new TrackedObjects();
  tracked.set(web, '2wbejn9q', ['adopted', undefined]);
  expect(tracked.ownersOf(service('any', 'web-2wbejn9q-v80m10p0'))).toEqual([web]);
  expect(tracked.ownersOf(service('adopted', 'by-hand'))).toEqual([web]);
  expect(tracked.ownersOf(service('any', 'by-hand'))).toEqual([]);
  tracked.delete('2wbejn9q');
  expect(tracked.ownersOf(service('any', 'web-2wbejn9q-v80m10p0'))).toEqual([]);
  expect(tracked.ownersOf(service('adopted', 'by-hand'))).toEqual([]);
});

it('keeps no id of a service that its object is bound to no longer', () => {
  const tracked = new TrackedObjects();
  for (let rollout = 0; rollout < 1000; rollout++) tracked.set(web, '2wbejn9q', ['adopted', `service-${rollout}`]);
  expect(tracked.ids).toBe(2);
  expect(tracked.ownersOf(service('service-998', 'by-hand'))).toEqual([]);
  expect(tracked.ownersOf(service('service-999', 'by-hand'))).toEqual([web]);
});

it('leaves a service to the object that claimed it last when the other goes', () => {
  const tracked = new TrackedObjects();
  tracked.set(web, '2wbejn9q', ['shared']);
  tracked.set(api, 'q54gfz1w', ['shared']);
  tracked.delete('2wbejn9q');
  expect(tracked.ownersOf(service('shared', 'by-hand'))).toEqual([api]);
});

it('finds the owner of a platform service by its mark when the name says nothing, or something else', () => {
  const tracked = new TrackedObjects();
  tracked.set(web, '2wbejn9q', []);
  tracked.set(api, 'q54gfz1w', []);
  expect(tracked.ownersOf(service('any', 'renamed', 'default/default/web'))).toEqual([web]);
  expect(tracked.ownersOf(service('any', 'web-2wbejn9q-v80m10p0', 'default/default/web'))).toEqual([web]);
  expect(tracked.ownersOf(service('any', 'api-q54gfz1w-v80m10p0', 'default/default/web'))).toEqual([api, web]);
  expect(tracked.ownersOf(service('any', 'renamed', 'other/default/web'))).toEqual([]);
});
