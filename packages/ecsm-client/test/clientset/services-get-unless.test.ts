import { expect, it } from 'vitest';

import { connect, rejection } from '../helpers/connect.js';

function serviceOf(online: number): object {
  const image = { ref: 'web@1.0.0#sylixos', action: 'run', config: {} };
  const times = { createdTime: '2026-01-01 00:00:00', updatedTime: '2026-01-01 00:00:00' };
  const words = { status: 'complete', policy: 'dynamic', healthy: true };
  return { id: 'a', name: 'web', factor: 1, instanceOnline: online, instanceActive: 0, image, ...words, ...times };
}

it('spares reading a service that comes again byte for byte', async () => {
  await using world = await connect();
  const { server, ecsm } = world;
  const digests: string[] = [];
  const onDigest = (digest: string): void => void digests.push(digest);
  server.expect('GET', '/service/a').reply(serviceOf(1));
  server.expect('GET', '/service/a').reply(serviceOf(1));
  server.expect('GET', '/service/a').reply(serviceOf(0));
  await ecsm.services.get('a', { onDigest });
  const [digest = ''] = digests;
  expect(await ecsm.services.getUnless(digest, 'a', { onDigest })).toBeUndefined();
  expect(await ecsm.services.getUnless(digest, 'a', { onDigest })).toMatchObject({ instanceOnline: 0 });
  expect(new Set(digests).size).toBe(2);
});

it('takes no refusal for a service that is as it was', async () => {
  await using world = await connect();
  const { server, ecsm } = world;
  let digest = '';
  const onDigest = (text: string): void => void (digest = text);
  server.expect('GET', '/service/a').reply(serviceOf(1));
  server.expect('GET', '/service/a').refuse(404, 'no such service');
  await ecsm.services.get('a', { onDigest });
  expect(await rejection(ecsm.services.getUnless(digest, 'a'))).toMatchObject({ code: 'ApiError', reason: 'NotFound' });
});
