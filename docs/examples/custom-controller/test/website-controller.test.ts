import { ECSMService } from '@ecsm/api-types';
import { testEnv } from '@ecsm/controller-runtime/testing';
import { describe, expect, it } from 'vitest';

import { addWebsiteController } from '../src/website-controller.js';
import { Website } from '../src/website.js';

const key = { namespace: 'default', name: 'blog' };
const blog = {
  apiVersion: 'example.dev/v1',
  kind: 'Website',
  metadata: key,
  spec: { image: 'blog@1.0', visitors: 'few' },
} as const;

describe('the website controller', () => {
  it('runs a service for a website, follows its changes, and tells when it is online', async () => {
    await using env = await testEnv({ kinds: [Website], controllers: [addWebsiteController] });
    const websites = env.registry.resource(Website);
    const services = env.registry.resource(ECSMService);

    await websites.create(blog);
    await env.settled();
    const service = await services.get(key);
    expect(service.spec).toMatchObject({ template: { image: 'blog@1.0' }, deploymentStrategy: { replicas: 1 } });
    expect((await websites.get(key)).status?.conditions).toMatchObject([{ type: 'Ready', status: 'False' }]);

    const lastTransitionTime = '2026-01-01T00:00:00Z';
    const available = { type: 'Available', status: 'True', reason: 'Up', message: '', lastTransitionTime } as const;
    await services.updateStatus({ ...service, status: { conditions: [available] } });
    await env.settled();
    expect((await websites.get(key)).status?.conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);

    await websites.patch(key, { type: 'merge', patch: { spec: { visitors: 'many' } } });
    await env.settled();
    expect((await services.get(key)).spec.deploymentStrategy.replicas).toBe(4);

    await websites.delete(key);
    await env.settled();
    expect((await services.list()).items).toEqual([]);
  });

  it('refuses a website that makes no sense', async () => {
    await using env = await testEnv({ kinds: [Website], controllers: [addWebsiteController] });
    const wrong = { ...blog, spec: { image: '', visitors: 'few' } } as const;
    await expect(env.registry.resource(Website).create(wrong)).rejects.toThrow(/spec\.image/);
  });

  it('comes through a lost write and a lost watch', async () => {
    await using env = await testEnv({ kinds: [Website], controllers: [addWebsiteController] });
    env.faults.conflict({ kind: ECSMService });
    env.faults.dropWatches();
    await env.registry.resource(Website).create(blog);
    await env.advance(10_000);
    expect((await env.registry.resource(ECSMService).get(key)).spec.template.image).toBe('blog@1.0');
    expect(env.reconciles(key).map((run) => run.attempt)).toContain(2);
  });
});
