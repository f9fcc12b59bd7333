import {
  consoleLogger,
  done,
  LeaseLock,
  Manager,
  requeue,
  requeueAfter,
  RetryAfterError,
} from '@ecsm/controller-runtime';
import { testEnv } from '@ecsm/controller-runtime/testing';
import { describe, expect, it } from 'vitest';

import { Gadget, kinds, Part } from './helpers/gadget.js';

/** What a program in plain JavaScript can call. */
function untyped(value: object): Record<string, (...given: unknown[]) => object> {
  return value as Record<string, (...given: unknown[]) => object>;
}

async function withManager(use: (manager: Manager) => Promise<void> | void): Promise<void> {
  await using env = await testEnv({ kinds });
  await using manager = new Manager({ clients: env.registry });
  await use(manager);
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

  it('C12 refuses to run with a controller that was begun and has no reconciler', async () => {
    await withManager(async (manager) => {
      const begun = manager.controller().for(Gadget);
      await expect(manager.run()).rejects.toThrow('controller "gadget" has no reconciler: end its description with');
      begun.reconcile(done);
      manager.controller('x');
      await expect(manager.run()).rejects.toThrow('controller "x" has no reconciler');
    });
  });

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

  describe('in plain JavaScript', () => {
    const reconcile = (): ReturnType<typeof done> => done();
    const mistakes: readonly [what: string, make: (manager: Manager) => unknown, message: string][] = [
      [
        'a description in place of the name',
        (manager) => untyped(manager)['controller']!({ for: Gadget, reconcile }),
        'the name of a controller must be a text of at least one character, got { for: [Object], reconcile: [Function: ' +
          "reconcile] }: write manager.controller('name').for(kind).reconcile(…); without a name the kind's is taken",
      ],
      [
        'an empty name',
        (manager) => manager.controller(''),
        "the name of a controller must be a text of at least one character, got ''",
      ],
      [
        'a kind by its name',
        (manager) => untyped(manager.controller())['for']!('Gadget'),
        "what a controller is for must be a kind, got 'Gadget': hand over what defineKind({ … }) returns",
      ],
      ['no kind', (manager) => untyped(manager.controller())['for']!(), 'must be a kind, got undefined'],
      [
        'a reconciler without for',
        (manager) => untyped(manager.controller('x'))['reconcile']!(reconcile),
        'controller "x" is for no kind yet: write manager.controller().for(kind).reconcile(…)',
      ],
      [
        'a reconciler that cannot be called',
        (manager) => untyped(manager.controller('x').for(Gadget))['reconcile']!({ reconciler: reconcile }),
        'the reconciler of controller "x" must be a function, or have one named reconcile, got { reconciler: [Function',
      ],
      [
        'a promise in place of a reconciler',
        (manager) => untyped(manager.controller('x').for(Gadget))['reconcile']!(Promise.resolve(done())),
        'got Promise {',
      ],
      [
        'a cleanup that cannot be called',
        (manager) => untyped(manager.controller('x').for(Gadget))['reconcile']!({ reconcile, cleanup: true }),
        'cleanup of the reconciler of controller "x" must be a function, got true: leave cleanup out or make it a method',
      ],
      [
        'a cleanup by another name',
        (manager) => untyped(manager.controller('x').for(Gadget))['reconcile']!({ reconcile, cleanUp: reconcile }),
        'the reconciler of controller "x" has no part "cleanUp": did you mean "cleanup"?',
      ],
      [
        'a method of a class by another name',
        (manager) =>
          untyped(manager.controller('x').for(Gadget))['reconcile']!(
            new (class {
              reconcile = reconcile;
              giveup(): void {
                // Never called.
              }
            })(),
          ),
        'the reconciler of controller "x" has no part "giveup": did you mean "giveUp"?',
      ],
      [
        'a cleanup whose finalizer cannot be named after the controller',
        (manager) => manager.controller('My controller').for(Gadget).reconcile({ reconcile, cleanup: reconcile }),
        'controller "My controller" needs options({ finalizer }) for its cleanup: "test.dev/My controller" must be 1 to 63',
      ],
      [
        'a predicate that is none',
        (manager) => manager.controller('x').for(Gadget, { predicates: ['spec' as never] }),
        'predicates of the source of controller "x" must be an array of predicates: functions of an event, or objects',
      ],
      [
        'a health check that cannot be called',
        (manager) => untyped(manager)['addHealthCheck']!('disk'),
        'the check "disk" must be a function, got undefined',
      ],
      [
        'keys without a function',
        (manager) => untyped(manager.controller('x').watches(Part, () => []))['reconcileKeys']!({ reconcile }),
        'reconcileKeys of controller "x" must be a function',
      ],
      [
        'a kind without a mapper',
        (manager) => untyped(manager.controller('x').for(Gadget))['watches']!(Part),
        'the mapper of controller "x" must be a function, got undefined',
      ],
      [
        'an owned kind by its name',
        (manager) => untyped(manager.controller('x').for(Gadget))['owns']!('Part'),
        'what controller "x" owns must be a kind, or a list and watch, got \'Part\'',
      ],
      [
        'a misspelt part of an object',
        (manager) => manager.controller('x').for(Gadget, { changed: ['spce' as 'spec'] }),
        'an object has no part "spce": did you mean "spec"?',
      ],
      [
        'a part that is no list',
        (manager) => manager.controller('x').for(Gadget, { changed: 'spec' as unknown as ['spec'] }),
        'changed of the source of controller "x" must be an array, got \'spec\'',
      ],
      [
        'a misspelt option of a controller',
        (manager) => untyped(manager.controller('x').for(Gadget))['options']!({ concurency: 4 }),
        'controller "x" has no option "concurency": did you mean "concurrency"?',
      ],
      [
        'a misspelt option of its backoff',
        (manager) => untyped(manager.controller('x').for(Gadget))['options']!({ backoff: { baseMS: 4 } }),
        'an exponential rate limiter has no option "baseMS": did you mean "baseMs"?',
      ],
      [
        'a misspelt option of owns',
        (manager) => untyped(manager.controller('x').for(Gadget))['owns']!(Part, { allOwners: true }),
        'a source of controller "x" has no option "allOwners": there are predicates, changed, labelSelector, namespace, everyOwner',
      ],
      [
        'a selector that cannot be read',
        (manager) =>
          manager.controller('x').watches(Part, () => [], { labelSelector: { app: 'web' } as unknown as string }),
        'labelSelector of a source of controller "x" must be a text such as app=web, got { app: \'web\' }',
      ],
      [
        'a stream that is none',
        (manager) => untyped(manager.controller('x'))['trigger']!([{ name: 'a' }]),
        'a trigger of controller "x" must be a stream of keys, got [ [Object] ]: hand over an async iterable',
      ],
      [
        'a runnable with a misspelt option',
        (manager) => untyped(manager)['add']!(() => Promise.resolve(), { leaderElect: false }),
        'a runnable has no option "leaderElect": did you mean "leaderElected"?',
      ],
      [
        'a runnable that runs',
        (manager) => untyped(manager)['add']!(Promise.resolve()),
        'a runnable must be a function',
      ],
    ];

    it.each(mistakes)('refuses %s, with value, rule and way out', (_, make, message) =>
      withManager((manager) => {
        expect(() => make(manager)).toThrow(TypeError);
        expect(() => make(manager)).toThrow(message);
        expect(manager.controllers.size).toBe(0);
      }),
    );

    it('refuses a manager without clients, and one that is given them bare', async () => {
      await using env = await testEnv({ kinds });
      const make = (options?: unknown): unknown => Reflect.construct(Manager, [options]);
      expect(() => make()).toThrow('clients must be a registry, or another ResourceClients, got undefined: write new');
      expect(() => make({ client: env.registry })).toThrow('got undefined: write new Manager({ clients: registry })');
      expect(() => make(env.registry)).toThrow('must be an object with clients, got ');
      const clients = env.registry;
      expect(() => make({ clients, healthz: {} })).toThrow(
        'the manager has no option "healthz": did you mean "health"?',
      );
      expect(() => make({ clients, health: { prot: 1 } })).toThrow('health has no option "prot": did you mean "port"?');
      expect(() => make({ clients, health: {} })).toThrow(
        'port of health must be a whole number of at least 0, got undef',
      );
      expect(() => make({ clients, logger: console })).toThrow(
        'must have the methods debug, info, warn, error and child',
      );
    });

    it('refuses to run with a bare signal, which nobody would hear', () =>
      withManager(async (manager) => {
        await expect(untyped(manager)['run']!(new AbortController().signal)).rejects.toThrow('write run({ signal })');
      }));

    it('refuses a misspelt option of a test environment and of a lock', async () => {
      await expect(testEnv({ kind: kinds } as object)).rejects.toThrow(
        'testEnv has no option "kind": did you mean "ki',
      );
      await using env = await testEnv({ kinds });
      const clients = env.registry;
      const make = (options: object) => (): unknown => Reflect.construct(LeaseLock, [options]);
      expect(make({ clients, name: 'x', identiy: 'a' })).toThrow('has no option "identiy": did you mean "identity"?');
      expect(make({ clients, name: 'x', identity: '' })).toThrow('identity of a lease lock must be a text of at least');
      expect(make({ clients })).toThrow('name of a lease lock must be a text of at least one character, got undefined');
      expect(make({ clients, name: 'x', leaseDurationMs: Infinity })).toThrow('must be finite');
    });
  });

  it.each([
    ['concurrency', { concurrency: 0 }, /concurrency of controller "x" must be a whole number of at least 1, got 0/],
    [
      'maxAttempts',
      { maxAttempts: 1.5 },
      /maxAttempts of controller "x" must be a whole number of at least 1, got 1.5/,
    ],
    ['timeoutMs', { timeoutMs: Number.NaN }, /timeoutMs of controller "x" must be a number of at least 0, got NaN/],
    ['finalizer', { finalizer: 'plain' }, /finalizer of controller "x" must have a domain/],
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

  it('refuses wishes of a trigger that make no sense, also before the start', () =>
    withManager((manager) => {
      const controller = manager.controller().for(Gadget).reconcile(done);
      const key = { namespace: 'default', name: 'a' };
      const wrong = (wish: object) => () => untyped(controller)['trigger']!({ key, ...wish });
      expect(wrong({ priority: 0.5 })).toThrow(
        new RangeError('priority of the trigger of "default/a" must be a 32-bit integer, got 0.5'),
      );
      expect(wrong({ afterMs: '5s' })).toThrow(/afterMs of the trigger of "default\/a" must be a number, got '5s'/);
      expect(wrong({ reason: new Error('x') })).toThrow(/reason of the trigger of "default\/a" must be a text/);
      // An event with a key, and more that says nothing here, will do.
      expect(wrong({ type: 'added' })).not.toThrow();
    }));

  it('refuses what says nothing of an outcome, a retry or a level', () => {
    const wrong =
      (call: (...given: never[]) => unknown, ...given: unknown[]) =>
      () =>
        untyped({ call })['call']!(...given);
    expect(wrong(requeueAfter, 5000, { prioritiy: 1 })).toThrow(
      new TypeError('requeueAfter has no option "prioritiy": did you mean "priority"?'),
    );
    expect(wrong(requeue, { priority: 0.5 })).toThrow(
      new RangeError('priority of requeue must be a 32-bit integer, got 0.5'),
    );
    expect(wrong(requeue, 5)).toThrow('the options of requeue must be an object, got 5');
    const retry = (options?: object): unknown => Reflect.construct(RetryAfterError, ['busy', options]);
    expect(wrong(retry)).toThrow(
      /takes afterMs as a number of milliseconds, got undefined: write new RetryAfterError\(/,
    );
    expect(wrong(consoleLogger, { level: 'verbose' })).toThrow(
      "level of the console logger must be one of debug, info, warn, error, got 'verbose'",
    );
    expect(() => Reflect.construct(LeaseLock, []) as unknown).toThrow(
      'the options of a lease lock must be an object, got undefined',
    );
  });

  it('refuses a key without a name', async () => {
    await using env = await testEnv({
      kinds,
      controllers: [(manager) => manager.controller().for(Gadget).reconcile(done)],
    });
    await using other = new Manager({ clients: env.registry });
    const started = env.manager.controllers.get('gadget')!;
    for (const controller of [started, other.controller().for(Gadget).reconcile(done)]) {
      for (const wrong of [{ name: '' }, {}, { key: {} }, { key: undefined }, 'default/a', undefined]) {
        expect(() => untyped(controller)['trigger']!(wrong)).toThrow(
          "a key must be an object such as { namespace: 'default', name: 'web' }, got ",
        );
      }
    }
  });
});
