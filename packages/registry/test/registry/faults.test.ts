import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ECSMService, isConflictError, isInvalidError, type Manifest, type WatchEvent } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { failureOf } from './helpers/failure-of.js';

// Faults of an earlier implementation, by their numbers in docs/reference/earlier-faults.md.
describe('faults of the registry', () => {
  let folder: string;
  let registry: Registry;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-'));
    registry = await Registry.open({ path: join(folder, 'registry.db') });
  });
  afterEach(async () => {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  function manifest(name: string, replicas = 1, namespace?: string): Manifest<ECSMService> {
    return {
      apiVersion: 'ecsm.sh/v1',
      kind: 'ECSMService',
      metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      spec: {
        deploymentStrategy: { type: 'Dynamic', replicas, nodePool: ['worker-1'] },
        template: { image: 'web@1.0.0' },
      },
    };
  }

  it('fault 11: a list over all namespaces finds everything', async () => {
    const all = registry.resource(ECSMService);
    for (const namespace of ['a', 'b']) await all.namespace(namespace).create(manifest('web'));
    expect((await all.list()).items.map(({ metadata }) => metadata.namespace)).toEqual(['a', 'b']);
  });

  it('fault 12: an object can never end up without a namespace', async () => {
    const all = registry.resource(ECSMService);
    expect(isInvalidError(await failureOf(all.create(manifest('web', 1, ''))))).toBe(true);
    const created = await all.namespace('default').create(manifest('web'));
    expect(created.metadata.namespace).toBe('default');
    expect(await all.get({ namespace: 'default', name: 'web' })).toEqual(created);
    expect(await all.delete({ namespace: 'default', name: 'web' })).toMatchObject({ deleted: true });
    expect((await all.list()).items).toEqual([]);
  });

  it('fault 13: a late status never lands on a namesake that was made since, nor over a newer version', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    const first = await services.create(manifest('web'));
    await services.delete('web');
    await services.create(manifest('web'));
    const late = { ...first, status: { readyReplicas: 9 } };
    expect(isConflictError(await failureOf(services.updateStatus(late)))).toBe(true);
    const second = await services.get('web');
    await services.scale('web', 2);
    expect(isConflictError(await failureOf(services.updateStatus({ ...second, status: { readyReplicas: 9 } })))).toBe(
      true,
    );
    expect((await services.get('web')).status).toBeUndefined();
  });

  it('fault 14: create and update validate, and a name with a slash is refused', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    expect(isInvalidError(await failureOf(services.create(manifest('a/b'))))).toBe(true);
    const web = await services.create(manifest('web'));
    const broken = { ...web, spec: { ...web.spec, template: { image: 'no tag' } } };
    expect(isInvalidError(await failureOf(services.update(broken)))).toBe(true);
  });

  it('fault 15: generation starts at 1 and grows with the specification only', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    const web = await services.create(manifest('web'));
    expect(web.metadata.generation).toBe(1);
    expect((await services.scale('web', 3)).metadata.generation).toBe(2);
    const { metadata } = await services.updateStatus({ ...(await services.get('web')), status: { replicas: 3 } });
    expect(metadata.generation).toBe(2);
  });

  it('fault 16: an update leaves the status alone, and a create takes none', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    const web = await services.create({ ...manifest('web'), status: { replicas: 7 } });
    expect(web.status).toBeUndefined();
    const seen = await services.updateStatus({ ...web, status: { replicas: 1 } });
    const updated = await services.update({ ...seen, status: { replicas: 9 }, spec: { ...seen.spec, paused: true } });
    expect(updated.status).toEqual({ replicas: 1 });
  });

  it('fault 17: the caller keeps his object, and watchers share nothing with anybody', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    const mine = manifest('web');
    const copy = structuredClone(mine);
    const events: WatchEvent<ECSMService>[] = [];
    const watching = (async () => {
      for await (const event of services.watch({ resourceVersion: '0' })) {
        events.push(event);
        return;
      }
    })();
    const created = await services.create(mine);
    await watching;
    expect(mine).toEqual(copy);
    const [event] = events;
    expect(event).toMatchObject({ type: 'added', object: created });
    expect(event !== undefined && 'object' in event && event.object).not.toBe(created);
  });

  it('fault 18: a write that changes nothing has no version and no event', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    const web = await services.create(manifest('web'));
    const revision = await registry.store.revision();
    expect((await services.update(web)).metadata.resourceVersion).toBe(web.metadata.resourceVersion);
    expect((await services.apply(manifest('web'))).object.metadata.uid).toBe(web.metadata.uid);
    await services.updateStatus({ ...web, status: {} });
    const before = await registry.store.revision();
    await services.updateStatus({ ...(await services.get('web')), status: {} });
    expect(await registry.store.revision()).toBe(before);
    expect(before - revision).toBeLessThanOrEqual(2);
  });

  it('fault 19: events come in the order of their commits', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    await services.create(manifest('web', 0));
    const seen: number[] = [];
    const watching = (async () => {
      for await (const event of services.watch({ resourceVersion: '1' })) {
        if (event.type !== 'modified') continue;
        seen.push(Number(event.object.metadata.resourceVersion));
        if (event.object.spec.deploymentStrategy.replicas === 99) return;
      }
    })();
    await Promise.all(Array.from({ length: 20 }, (_, index) => services.scale('web', index + 1)));
    await services.scale('web', 99);
    await watching;
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('fault 20: a watcher that does not read for a thousand writes misses no key', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    const watch = services.watch({ resourceVersion: '0' })[Symbol.asyncIterator]();
    for (let index = 0; index < 300; index++) await services.create(manifest(`web-${index}`));
    const names = new Set<string>();
    while (names.size < 300) {
      const event = (await watch.next()).value as WatchEvent<ECSMService>;
      if (event.type === 'added') names.add(event.object.metadata.name);
    }
    await watch.return?.();
    expect(names.size).toBe(300);
  });

  it('fault 21: a deletion carries the version it consumed', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    const { metadata } = await services.create(manifest('web'));
    const result = await services.delete('web');
    const watch = services.watch({ resourceVersion: metadata.resourceVersion })[Symbol.asyncIterator]();
    const event = (await watch.next()).value as WatchEvent<ECSMService>;
    await watch.return?.();
    expect(result.deleted && result.object.metadata.resourceVersion).toBe(String(await registry.store.revision()));
    expect(event.type === 'deleted' && event.object.metadata.resourceVersion).toBe(
      String(await registry.store.revision()),
    );
  });

  it('fault 22: an empty list has a version to watch from', async () => {
    expect((await registry.resource(ECSMService).list()).resourceVersion).toMatch(/^\d+$/);
  });

  it('fault 23: another process reads and writes the same file meanwhile', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    await services.create(manifest('ours'));
    const child = fork(new URL('helpers/other-process.ts', import.meta.url), [join(folder, 'registry.db')], {
      execArgv: ['--conditions=@ecsm/source', '--import', 'tsx'],
    });
    const [[seen], [code]] = (await Promise.all([once(child, 'message'), once(child, 'exit')])) as [
      [unknown],
      [number],
    ];
    expect(seen).toEqual(['ours']);
    expect(code).toBe(0);
    expect((await services.get('theirs')).spec.template.image).toBe('web@1.0.0');
  });

  it('fault 24: names that look like paths reach no file', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    for (const name of ['../escape', '/etc/passwd', '..', 'a/../../b']) {
      expect(isInvalidError(await failureOf(services.create(manifest(name)))), name).toBe(true);
    }
  });
});
