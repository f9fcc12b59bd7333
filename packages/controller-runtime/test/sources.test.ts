import { defineKind, type ApiObject, type ListWatch, type ObjectKey, type Stored } from '@ecsm/api-types';
import {
  allOf,
  anyOf,
  changed,
  done,
  lowPriority,
  not,
  ownersOf,
  withControllerReference,
  withOwnerReference,
  type SourceEvent,
  type SourceOptions,
  type Trigger,
} from '@ecsm/controller-runtime';
import { testEnv, type TestEnv } from '@ecsm/controller-runtime/testing';
import { describe, expect, it } from 'vitest';

import { deferred } from './helpers/deferred.js';
import { Gadget, gadget, kinds, Part, part, Zone } from './helpers/gadget.js';
import { recordingLogger } from './helpers/recording-logger.js';
import { sourcesEnv } from './helpers/sources-env.js';

const key = { namespace: 'default', name: 'a' };

function gadgetsWith(options: SourceOptions<Gadget>): Promise<TestEnv> {
  return testEnv({
    kinds,
    controllers: [
      (manager) =>
        manager
          .controller()
          .for(Gadget, options)
          .reconcile(() => done()),
    ],
  });
}

function stored(object: ApiObject): Stored<ApiObject> {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      uid: 'u',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
  };
}

describe('keys of owners', () => {
  const owned = (reference: { apiVersion?: string; kind?: string; controller?: boolean }): ApiObject => ({
    apiVersion: 'test.dev/v1',
    kind: 'Part',
    metadata: {
      name: 'p',
      namespace: 'ns',
      ownerReferences: [
        { apiVersion: 'test.dev/v1', kind: 'Gadget', name: 'g', uid: 'u', controller: true, ...reference },
      ],
    },
  });

  it('C10 compares group and kind and ignores the version', () => {
    const gone: readonly ObjectKey[] = [];
    expect(ownersOf(owned({}), Gadget)).toEqual([{ namespace: 'ns', name: 'g' }]);
    expect(ownersOf(owned({ apiVersion: 'test.dev/v2beta1' }), Gadget)).toEqual([{ namespace: 'ns', name: 'g' }]);
    expect(ownersOf(owned({ apiVersion: 'other.dev/v1' }), Gadget)).toEqual(gone);
    expect(ownersOf(owned({ kind: 'Gizmo' }), Gadget)).toEqual(gone);
  });

  it('C10 tells the managing controller alone, or every owner', () => {
    expect(ownersOf(owned({ controller: false }), Gadget)).toEqual([]);
    expect(ownersOf(owned({ controller: false }), Gadget, true)).toEqual([{ namespace: 'ns', name: 'g' }]);
  });

  it('C10 gives an owner of cluster scope no namespace, and ignores a malformed apiVersion', () => {
    expect(ownersOf(owned({ kind: 'Zone' }), Zone)).toEqual([{ name: 'g' }]);
    const malformed: string[] = [];
    const found = ownersOf(owned({ apiVersion: 'a/b/c' }), Gadget, true, (version) => malformed.push(version));
    expect(found).toEqual([]);
    expect(malformed).toEqual(['a/b/c']);
  });
});

describe('owns', () => {
  it('C10 runs the owner when an owned object appears, changes or goes', async () => {
    const { logger, lines } = recordingLogger();
    await using env = await testEnv({
      kinds,
      manager: { logger },
      controllers: [
        (manager) =>
          manager
            .controller()
            .for(Gadget)
            .owns(Part, { everyOwner: true })
            .reconcile(() => done()),
      ],
    });
    const parts = env.registry.resource(Part);
    const owner = await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    env.forgetReconciles();
    const created = await parts.create(withControllerReference(part('p'), owner));
    await env.settled();
    await parts.update({ ...created, spec: { colour: 'blue' } });
    await env.settled();
    await parts.delete({ namespace: 'default', name: 'p' });
    await env.settled();
    expect(env.reconciles(key).map((run) => run.causes)).toMatchObject([
      [{ source: 'Part', type: 'added', object: { name: 'p' } }],
      [{ source: 'Part', type: 'modified', object: { name: 'p' } }],
      [{ source: 'Part', type: 'deleted', object: { name: 'p' } }],
    ]);
    await parts.create({
      ...part('odd'),
      metadata: {
        ...part('odd').metadata,
        ownerReferences: [{ apiVersion: 'no-slash', kind: 'Gadget', name: 'a', uid: 'x' }],
      },
    });
    await env.settled();
    expect(lines).toContainEqual(expect.objectContaining({ message: expect.stringContaining('malformed') as string }));
  });

  it('C10 runs both the old and the new owner of an object that changes hands', async () => {
    await using env = await sourcesEnv((controller) => controller.for(Gadget).owns(Part));
    const gadgets = env.registry.resource(Gadget);
    const a = await gadgets.create(gadget('a'));
    const b = await gadgets.create(gadget('b'));
    const parts = env.registry.resource(Part);
    const owned = await parts.create(withControllerReference(part('p'), a));
    await env.settled();
    env.forgetReconciles();
    await parts.update(withControllerReference({ ...owned, metadata: { ...owned.metadata, ownerReferences: [] } }, b));
    await env.settled();
    expect(
      env
        .reconciles()
        .map((run) => run.key.name)
        .sort(),
    ).toEqual(['a', 'b']);
    // Two owners named at once lead to one run each, however often they are named.
    env.forgetReconciles();
    const current = await parts.get({ namespace: 'default', name: 'p' });
    await parts.update(withOwnerReference(withOwnerReference(current, b), b));
    await env.settled();
    expect(env.reconciles()).toHaveLength(1);
  });

  it('reaches the owner of an object whose deletion only a comparison found', async () => {
    await using env = await sourcesEnv((controller) => controller.for(Gadget).owns(Part));
    const owner = await env.registry.resource(Gadget).create(gadget('a'));
    await env.registry.resource(Part).create(withControllerReference(part('p'), owner));
    await env.settled();
    env.forgetReconciles();
    env.faults.unavailable({ kind: Part, times: Infinity });
    env.faults.expireWatches(Part);
    await env.settled();
    await env.registry.resource(Part).delete({ namespace: 'default', name: 'p' });
    env.faults.clear();
    await env.advance(60_000);
    expect(env.reconciles(key)).toMatchObject([{ causes: [{ source: 'Part', type: 'resync' }] }]);
  });
});

describe('watches', () => {
  it('asks a mapper that failed again, so that no event is lost', async () => {
    let failures = 0;
    await using env = await sourcesEnv((controller) =>
      controller.for(Gadget).watches(Part, async (object, { clients }) => {
        if (failures++ < 3) throw new Error('cannot list now');
        const { items } = await clients.resource(Gadget).list();
        return items
          .filter((each) => each.spec.plan === object.spec.colour)
          .map((each) => ({ namespace: 'default', name: each.metadata.name }));
      }),
    );
    await env.registry.resource(Gadget).create(gadget('a', { plan: 'red' }));
    await env.settled();
    env.forgetReconciles();
    await env.registry.resource(Part).create(part('p'));
    await env.settled();
    expect(env.reconciles(key)).toHaveLength(0);
    await env.advance(1000);
    expect(failures).toBe(4);
    expect(env.reconciles(key)).toHaveLength(1);
  });

  it('believes the newest answer of a mapper, not that of an attempt which an event has overtaken', async () => {
    const slow = deferred();
    let asked = 0;
    await using env = await sourcesEnv((controller) =>
      controller.watches(Part, async ({ spec }) => {
        asked++;
        if (asked === 1) throw new Error('not now');
        if (asked === 2) await slow.promise;
        return [{ name: spec.colour }];
      }),
    );
    const parts = env.registry.resource(Part);
    const paint = async (colour: string): Promise<void> => {
      await parts.patch({ ...key, name: 'p' }, { type: 'merge', patch: { spec: { colour } } });
      await env.settled();
    };
    await parts.create(part('p', { colour: 'red' }));
    await env.advance(1000);
    expect(asked).toBe(2);
    await paint('green');
    slow.resolve();
    await env.settled();
    env.forgetReconciles();
    await paint('blue');
    // What it led to last, and what it leads to now.
    expect(env.reconciles().map((run) => run.key.name)).toEqual(expect.arrayContaining(['green', 'blue']));
    expect(env.reconciles()).toHaveLength(2);
  });

  it('keeps the last state of a deleted object for a mapper that fails on it', async () => {
    const failing = { now: false };
    await using env = await sourcesEnv((controller) =>
      controller.watches(Part, (object) => {
        if (failing.now) throw new Error('not now');
        return object.spec.gadget === undefined ? [] : [{ namespace: 'default', name: object.spec.gadget }];
      }),
    );
    const parts = env.registry.resource(Part);
    await parts.create(part('p', { gadget: 'x' }));
    await env.settled();
    env.forgetReconciles();
    failing.now = true;
    await parts.delete({ namespace: 'default', name: 'p' });
    await env.settled();
    failing.now = false;
    await env.advance(1000);
    expect(env.reconciles('default/x')).toMatchObject([{ causes: [{ type: 'deleted' }] }]);
  });

  it('follows any list and watch, with triggers that carry wishes', async () => {
    const queue: string[] = ['1'];
    const base = stored({ apiVersion: 'other.dev/v1', kind: 'Thing', metadata: { name: 'thing' } });
    const source: ListWatch<ApiObject> = {
      kind: defineKind({ group: 'other.dev', version: 'v1', kind: 'Thing', scope: 'cluster' }),
      list: async () => ({ resourceVersion: queue[0]!, items: [base] }),
      async *watch({ signal } = {}) {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
        yield* [];
      },
    };
    await using env = await sourcesEnv((controller) =>
      controller.watches(source, (object): readonly Trigger[] => [
        { key: { name: object.metadata.name }, reason: 'because', afterMs: 5000, priority: 3 },
      ]),
    );
    expect(env.reconciles()).toHaveLength(0);
    await env.advance(5000);
    expect(env.reconciles('thing')).toMatchObject([{ causes: [{ source: 'Thing', reason: 'because' }] }]);
  });
});

describe('predicates', () => {
  it('C11 ignores changes of the status alone where the spec is asked for, and passes a deletion', async () => {
    await using env = await gadgetsWith({ changed: ['spec'] });
    const gadgets = env.registry.resource(Gadget);
    const object = await gadgets.create(gadget('a'));
    await env.settled();
    await gadgets.updateStatus({ ...object, status: { phase: 'Working' } });
    await env.settled();
    expect(env.reconciles(key)).toHaveLength(1);
    await gadgets.patch(key, { type: 'merge', patch: { spec: { size: 2 } } });
    await env.settled();
    expect(env.reconciles(key)).toHaveLength(2);
    await gadgets.delete(key);
    await env.settled();
    expect(env.reconciles(key)).toHaveLength(3);
  });

  it.each([
    ['labels', { metadata: { labels: { tier: 'front' } } }],
    ['annotations', { metadata: { annotations: { note: 'x' } } }],
    ['finalizers', { metadata: { finalizers: ['test.dev/x'] } }],
  ] as const)('C11 passes a change of %s where these are asked for', async (aspect, patch) => {
    await using env = await gadgetsWith({ changed: [aspect] });
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.settled();
    await gadgets.patch(key, { type: 'merge', patch: { spec: { size: 2 } } });
    await env.settled();
    expect(env.reconciles(key)).toHaveLength(1);
    await gadgets.patch(key, { type: 'merge', patch });
    await env.settled();
    expect(env.reconciles(key)).toHaveLength(2);
    await gadgets.patch(key, { type: 'merge', patch: { metadata: { finalizers: null } } });
  });

  it('C11 does not filter an object that was made anew, with the same name and generation', async () => {
    await using env = await gadgetsWith({ changed: ['spec', 'status'] });
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.settled();
    env.forgetReconciles();
    await gadgets.delete(key);
    await gadgets.create(gadget('a'));
    await env.settled();
    expect(env.reconciles(key).flatMap((run) => run.causes.map((cause) => cause.type))).toEqual(['deleted', 'added']);
  });

  it('C11 passes what only a comparison found, whatever the predicates say', async () => {
    await using env = await gadgetsWith({ predicates: [(event) => event.type === 'added'] });
    const gadgets = env.registry.resource(Gadget);
    const object = await gadgets.create(gadget('a'));
    await env.settled();
    env.forgetReconciles();
    env.faults.unavailable({ kind: Gadget, times: Infinity });
    env.faults.expireWatches();
    await env.settled();
    await gadgets.updateStatus({ ...object, status: { phase: 'Missed' } });
    env.faults.clear();
    await env.advance(60_000);
    expect(env.reconciles(key)).toMatchObject([{ causes: [{ type: 'resync' }] }]);
  });

  it('C11 composes with and, or and not', () => {
    const event: SourceEvent = { type: 'modified', key, initial: false, changed: new Set(['labels']) };
    const labels = changed('labels');
    const spec = changed('spec');
    expect(allOf(labels, spec).test(event)).toBe(false);
    expect(allOf(labels, not(spec)).test(event)).toBe(true);
    expect(anyOf(labels, spec).test(event)).toBe(true);
    expect(anyOf(spec, () => false).test(event)).toBe(false);
    expect(allOf(labels, anyOf(spec, changed('status'))).aspects).toEqual(['labels', 'spec', 'status']);
  });

  it('C10 gives objects that merely exist at the start a low priority', async () => {
    const gate = deferred();
    const order: string[] = [];
    await using env = await testEnv({ kinds });
    for (const name of ['a', 'b', 'c']) await env.registry.resource(Gadget).create(gadget(name));
    // A second environment over the same registry: what exists is announced first, and still runs last.
    const { Manager } = await import('@ecsm/controller-runtime');
    await using manager = new Manager({ clients: env.registry, clock: env.clock });
    const controller = manager
      .controller()
      .for(Gadget)
      .options({ concurrency: 1 })
      .reconcile(async (object) => {
        order.push(object.metadata.name);
        if (order.length === 1) await gate.promise;
        return done();
      });
    const running = manager.run();
    await env.clock.advance(0);
    await env.settled();
    controller.trigger({ namespace: 'default', name: 'c' });
    gate.resolve();
    await env.clock.advance(0);
    expect(order).toEqual(['a', 'c', 'b']);
    await manager.stop();
    await running;
  });
});

describe('what only a comparison found', () => {
  it('C10 has a low priority, as objects at the start', async () => {
    const gate = deferred();
    let isBlocking = false;
    await using env = await testEnv({
      kinds,
      controllers: [
        (manager) =>
          manager
            .controller()
            .for(Gadget)
            .options({ concurrency: 1 })
            .reconcile(async (object) => {
              if (isBlocking && object.metadata.name === 'blocks') await gate.promise;
              return done();
            }),
      ],
    });
    const gadgets = env.registry.resource(Gadget);
    const object = await gadgets.create(gadget('a'));
    const blocks = await gadgets.create(gadget('blocks'));
    await env.settled();
    env.faults.unavailable({ kind: Gadget, times: Infinity });
    env.faults.expireWatches();
    await env.settled();
    await gadgets.updateStatus({ ...object, status: { phase: 'Missed' } });
    env.faults.clear();
    isBlocking = true;
    const controller = env.manager.controllers.get('gadget')!;
    controller.trigger({ namespace: 'default', name: blocks.metadata.name });
    await env.clock.advance(60_000);
    expect(controller.inspect().ready).toMatchObject([{ key: 'default/a', priority: lowPriority }]);
    gate.resolve();
    await env.settled();
    expect(env.reconciles(key).at(-1)).toMatchObject({ causes: [{ type: 'resync' }] });
  });
});

describe('triggers', () => {
  it('C13 delivers what a stream held before the start, and outlives its end', async () => {
    async function* keys(): AsyncGenerator<ObjectKey | Trigger> {
      yield { name: 'one' };
      yield { key: { name: 'two' }, reason: 'nightly' };
    }
    await using env = await sourcesEnv((controller) => controller.trigger(keys(), { name: 'night' }));
    expect(env.reconciles().map((run) => run.key.name)).toEqual(['one', 'two']);
    expect(env.reconciles('two')).toMatchObject([{ causes: [{ source: 'night', reason: 'nightly' }] }]);
    env.manager.controllers.get('x')!.trigger({ name: 'three' });
    await env.settled();
    expect(env.reconciles('three')).toHaveLength(1);
  });

  it('begins a stream anew when it fails, if it was given as a function', async () => {
    const { logger, lines } = recordingLogger();
    let begun = 0;
    await using env = await testEnv({
      kinds,
      manager: { logger },
      controllers: [
        (manager) =>
          manager
            .controller('feed')
            .trigger(async function* () {
              begun++;
              yield { name: `run-${begun}` };
              if (begun < 3) throw new Error('the feed broke');
            })
            .reconcileKeys(() => done()),
      ],
    });
    expect(begun).toBe(1);
    await env.advance(500);
    await env.advance(1000);
    expect(env.reconciles().map((run) => run.key.name)).toEqual(['run-1', 'run-2', 'run-3']);
    expect(lines.filter((line) => line.level === 'error')).toHaveLength(2);
  });

  it('tells a stream that the controller stops', async () => {
    const ended = deferred();
    const env = await sourcesEnv((controller) =>
      controller.trigger(async function* ({ signal }) {
        try {
          yield { name: 'x' };
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        } finally {
          ended.resolve();
        }
      }),
    );
    await env[Symbol.asyncDispose]();
    await ended.promise;
    expect(env.reconciles('x')).toHaveLength(1);
  });
});
