import { expect, it } from 'vitest';

import { TrackedObjects } from '../src/platform/tracked-objects.js';

const web = { kind: 'ECSMService', namespace: 'default', name: 'web' };
const api = { kind: 'ECSMService', namespace: 'default', name: 'api' };

it('finds the owner of a platform service by the hash in its name, or by an id', () => {
  const tracked = new TrackedObjects();
  tracked.set(web, '2wbejn9q', ['adopted', undefined]);
  expect(tracked.ownerOf('any', 'web-2wbejn9q-v80m10p0')).toEqual(web);
  expect(tracked.ownerOf('adopted', 'by-hand')).toEqual(web);
  expect(tracked.ownerOf('any', 'by-hand')).toBeUndefined();
  tracked.delete('2wbejn9q');
  expect(tracked.ownerOf('any', 'web-2wbejn9q-v80m10p0')).toBeUndefined();
  expect(tracked.ownerOf('adopted', 'by-hand')).toBeUndefined();
});

it('keeps no id of a service that its object is bound to no longer', () => {
  const tracked = new TrackedObjects();
  for (let rollout = 0; rollout < 1000; rollout++) tracked.set(web, '2wbejn9q', ['adopted', `service-${rollout}`]);
  expect(tracked.ids).toBe(2);
  expect(tracked.ownerOf('service-998', 'by-hand')).toBeUndefined();
  expect(tracked.ownerOf('service-999', 'by-hand')).toEqual(web);
});

it('leaves a service to the object that claimed it last when the other goes', () => {
  const tracked = new TrackedObjects();
  tracked.set(web, '2wbejn9q', ['shared']);
  tracked.set(api, 'q54gfz1w', ['shared']);
  tracked.delete('2wbejn9q');
  expect(tracked.ownerOf('shared', 'by-hand')).toEqual(api);
});
