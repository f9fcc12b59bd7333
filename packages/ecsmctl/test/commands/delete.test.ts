import { ECSMService, edit, Lease } from '@ecsm/api-types';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { dynamicService } from '../helpers/manifests.js';

function holdLead(path: string): Disposable & { readonly inTransaction: boolean } {
  const lock = new Database(path);
  lock.exec('BEGIN EXCLUSIVE');
  return { inTransaction: lock.inTransaction, [Symbol.dispose]: () => void lock.close() };
}

describe('delete', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
    await line.ok('apply', '-f', await line.file('m.yaml', `${dynamicService('a')}---\n${dynamicService('b')}`));
    return () => line[Symbol.asyncDispose]();
  });

  it('deletes by name, and a second time says that there is nothing to delete', async () => {
    expect(await line.ok('delete', 'es', 'a')).toBe('ecsmservice/a deleted\n');
    expect(await line.ok('delete', 'es/a')).toBe('ecsmservice/a not found, nothing to delete\n');
  });

  it('deletes by manifest, selector and --all, and asks which ones otherwise', async () => {
    expect((await line.run(['delete', 'es'])).code).toBe(2);
    expect(await line.ok('delete', 'es', '-l', 'app=none')).toBe('');
    expect(await line.ok('delete', '-f', 'm.yaml')).toBe('ecsmservice/a deleted\necsmservice/b deleted\n');
    await line.ok('apply', '-f', 'm.yaml');
    expect(await line.ok('delete', 'es', '--all')).toBe('ecsmservice/a deleted\necsmservice/b deleted\n');
  });

  it('-o name prints only the names of what is deleted', async () => {
    expect(await line.ok('delete', 'es', 'none', 'a', 'b', '-o', 'name')).toBe('ecsmservice/a\necsmservice/b\n');
    expect((await line.run(['delete', 'es', 'a', '-o', 'yaml'])).code).toBe(2);
  });

  it('marks an object that has something on the platform, says who finishes, and can wait for it', async () => {
    const registry = await line.registry();
    const services = registry.resource(ECSMService).namespace('default');
    const finalizer = 'ecsm.sh/platform-service';
    await services.update(edit(await services.get('a'), (draft) => void (draft.metadata.finalizers = [finalizer])));
    expect(await line.ok('delete', 'es', 'a')).toBe(
      'ecsmservice/a marked for deletion; the operator removes it from the platform and then finishes, but none is running on this registry, unless one with leaderElection: none\n',
    );
    expect(await line.ok('get', 'es', 'a')).toContain('Terminating');
    const impatient = await line.run(['delete', 'es', 'a', '--timeout', '20ms']);
    expect(impatient.code).toBe(5);
    expect(impatient.stderr).toMatch(
      /timed out waiting for ecsmservice\/a to be gone: no instances are left\nhint: no operator is running/,
    );
    // As an operator does that leads by a lease, and after it has died.
    const leases = registry.resource(Lease).namespace('default');
    const spec = { holderIdentity: 'vm-1', leaseDurationSeconds: 11, renewTime: new Date().toISOString() };
    const lease = { apiVersion: 'ecsm.sh/v1', kind: 'Lease', metadata: { name: 'ecsm-operator' }, spec } as const;
    await leases.apply(lease);
    expect(await line.ok('delete', 'es', 'a', '--wait=false')).toMatch(/and then finishes\n$/);
    expect((await line.run(['delete', 'es', 'a', '--timeout', '20ms'])).stderr).not.toContain('no operator');
    await leases.apply({ ...lease, spec: { ...spec, renewTime: '2026-01-01T00:00:00Z' } });
    expect(await line.ok('delete', 'es', 'a')).toMatch(
      /but none is running on this registry, unless one with leaderElection: none\n$/,
    );
    // As one does that leads by the lock.
    using lead = holdLead(`${line.registryPath}.lock`);
    expect(lead.inTransaction).toBe(true);
    expect(await line.ok('delete', 'es', 'a', '--wait=false')).toMatch(/and then finishes\n$/);
    let letGo = false;
    const waiting = line.run(['delete', 'es', 'a'], {
      onOutput: (_printed, told) => {
        if (letGo || !told.includes('marked')) return;
        letGo = true;
        void services
          .get('a')
          .then((stored) => services.update(edit(stored, (draft) => void (draft.metadata.finalizers = []))));
      },
    });
    const { stdout, stderr } = await waiting;
    expect(stdout).toBe('ecsmservice/a deleted\n');
    expect(stderr).toMatch(/^ecsmservice\/a marked for deletion; .*\(Ctrl-C ends the waiting, not the deletion\)\n$/);
  });

  it('ends with 130 when the waiting is interrupted, and the deletion goes on', async () => {
    const services = (await line.registry()).resource(ECSMService).namespace('default');
    await services.update(edit(await services.get('a'), (draft) => void (draft.metadata.finalizers = ['ecsm.sh/x'])));
    const interruption = new AbortController();
    const { code } = await line.run(['delete', 'es', 'a', '--timeout', '1h'], {
      signal: interruption.signal,
      onOutput: () => interruption.abort(),
    });
    expect(code).toBe(130);
    expect((await services.get('a')).metadata.deletionTimestamp).toBeDefined();
  });

  it('refuses kinds of the platform', async () => {
    const { code, stderr } = await line.run(['delete', 'nodes', 'n1']);
    expect(code).toBe(2);
    expect(stderr).toContain('nodes belong to the platform');
  });
});
