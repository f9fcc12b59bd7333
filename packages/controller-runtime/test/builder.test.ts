import { done, Manager } from '@ecsm/controller-runtime';
import { testEnv } from '@ecsm/controller-runtime/testing';
import { describe, expect, it } from 'vitest';

import { Gadget, kinds, Part } from './helpers/gadget.js';

/** What a program in plain JavaScript can call. */
function untyped(value: object): Record<string, (...given: unknown[]) => object> {
  return value as Record<string, (...given: unknown[]) => object>;
}

async function withManager(use: (manager: Manager) => void): Promise<void> {
  await using env = await testEnv({ kinds });
  await using manager = new Manager({ clients: env.registry });
  use(manager);
}

describe('building a controller', () => {
  it('C12 refuses to be for two kinds', () =>
    withManager((manager) => {
      const begun = manager.controller('x');
      const builder = begun.for(Gadget);
      expect(() => begun.for(Part)).toThrow(/controller "x" cannot be described for Part/);
      expect(() => untyped(builder)['for']!(Part)).toThrow(TypeError);
    }));

  it('C12 refuses owns without for, and a controller without a source', () =>
    withManager((manager) => {
      expect(() => untyped(manager.controller('x'))['owns']!(Part)).toThrow(TypeError);
      expect(() => untyped(manager.controller('x'))['reconcileKeys']!(done)).toThrow(TypeError);
    }));

  it('C12 needs a name where no kind gives one', () =>
    withManager((manager) => {
      expect(() => manager.controller().watches(Part, () => [])).toThrow(/needs one/);
      expect(manager.controller().for(Gadget).reconcile(done).name).toBe('gadget');
    }));

  it('C12 refuses a second reconciler', () =>
    withManager((manager) => {
      const builder = manager.controller('x').for(Gadget);
      builder.reconcile(done);
      expect(() => builder.reconcile(done)).toThrow(/controller "x" has a reconciler already/);
    }));

  it('C12 refuses a second controller of a name in one manager, and allows it in two', () =>
    withManager((manager) => {
      manager.controller().for(Gadget).reconcile(done);
      expect(() => manager.controller().for(Gadget).reconcile(done)).toThrow(/"gadget" is there already/);
      const other = new Manager({ clients: manager.clients });
      expect(other.controller().for(Gadget).reconcile(done).name).toBe('gadget');
    }));

  it.each([
    ['concurrency', { concurrency: 0 }, /concurrency must be a whole number of at least 1, got 0/],
    ['maxAttempts', { maxAttempts: 1.5 }, /maxAttempts must be a whole number of at least 1, got 1.5/],
    ['timeoutMs', { timeoutMs: Number.NaN }, /timeoutMs must be at least 0 milliseconds, got NaN/],
    ['finalizer', { finalizer: 'plain' }, /finalizer must have a domain/],
  ])('names controller, option and value when %s makes no sense', (_, options, message) =>
    withManager((manager) => {
      expect(() => manager.controller('x').for(Gadget).options(options)).toThrow(message);
    }),
  );

  it('refuses what comes after the start', async () => {
    await using env = await testEnv({ kinds });
    expect(() => env.manager.controller().for(Gadget).reconcile(done)).toThrow(/comes too late/);
    expect(() => {
      env.manager.add(() => Promise.resolve());
    }).toThrow(/comes too late/);
  });

  it('refuses a key without a name', async () => {
    await using env = await testEnv({
      kinds,
      controllers: [(manager) => manager.controller().for(Gadget).reconcile(done)],
    });
    expect(() => {
      env.manager.controllers.get('gadget')!.trigger({ name: '' });
    }).toThrow(/key without a name/);
  });
});
