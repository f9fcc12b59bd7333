import { edit, type Stored } from '@ecsm/api-types';
import {
  createOrUpdate,
  done,
  Finalizers,
  requeueAfter,
  withControllerReference,
  withOwnerReference,
  type Outcome,
} from '@ecsm/controller-runtime';
import { testEnv } from '@ecsm/controller-runtime/testing';
import { describe, expect, it } from 'vitest';

import { Gadget, gadget, kinds, Part, part, Zone } from './helpers/gadget.js';
import { gadgetEnv } from './helpers/gadget-env.js';

const key = { namespace: 'default', name: 'a' };

describe('owner references', () => {
  it('C16 refuses an owner of another namespace, and takes one of cluster scope', async () => {
    await using env = await testEnv({ kinds });
    const owner = await env.registry.resource(Gadget).create(gadget('a'));
    const zone = await env.registry
      .resource(Zone)
      .create({ apiVersion: 'test.dev/v1', kind: 'Zone', metadata: { name: 'z' }, spec: { region: 'north' } });
    const elsewhere = { ...part('p'), metadata: { name: 'p', namespace: 'other' } };
    expect(() => withControllerReference(elsewhere, owner)).toThrow(/"default\/a" cannot own Part "other\/p"/);
    expect(withOwnerReference(elsewhere, zone).metadata).toMatchObject({
      ownerReferences: [{ kind: 'Zone', name: 'z' }],
    });
  });

  it('C16 says what is missing of an object without a namespace, of an owner that was never stored, and of none', async () => {
    await using env = await testEnv({ kinds });
    const owner = await env.registry.resource(Gadget).create(gadget('a'));
    const own = (object: unknown, by: unknown): unknown =>
      withControllerReference(object as Gadget, by as typeof owner);
    expect(() => own({ ...part('p'), metadata: { name: 'p' } }, owner)).toThrow(
      'Gadget "default/a" cannot own Part "p": say metadata.namespace: \'default\' of what it owns, or own what has none from a kind of cluster scope',
    );
    expect(() => own(part('p'), gadget('a'))).toThrow(
      'an owner must be an object that was read or written before, with a uid, got ',
    );
    expect(() => own(part('p'), undefined)).toThrow('with a uid, got undefined');
    expect(() => own(undefined, owner)).toThrow('what is owned must be an object with metadata, got undefined');
  });

  it('C16 refuses a second controller, and names no owner twice', async () => {
    await using env = await testEnv({ kinds });
    const gadgets = env.registry.resource(Gadget);
    const a = await gadgets.create(gadget('a'));
    const b = await gadgets.create(gadget('b'));
    const owned = withControllerReference(withControllerReference(part('p'), a), a);
    expect(owned.metadata).toMatchObject({
      ownerReferences: [{ name: 'a', uid: a.metadata.uid, controller: true, blockOwnerDeletion: true }],
    });
    expect(() => withControllerReference(owned, b)).toThrow(/Part "default\/p" is already controlled by Gadget "a"/);
    expect(withOwnerReference(owned, b).metadata).toMatchObject({ ownerReferences: [{ name: 'a' }, { name: 'b' }] });
    expect(part('p').metadata).not.toHaveProperty('ownerReferences');
  });
});

describe('createOrUpdate', () => {
  it('C16 writes only when something changes, and lets nobody rename', async () => {
    await using env = await testEnv({ kinds });
    const parts = env.registry.resource(Part);
    const paint = (colour: string) =>
      createOrUpdate(parts, part('p'), (draft) => {
        draft.spec.colour = colour;
      });
    expect(await paint('blue')).toMatchObject({ outcome: 'created', object: { spec: { colour: 'blue' } } });
    const revision = await env.registry.store.revision();
    expect(await paint('blue')).toMatchObject({ outcome: 'unchanged' });
    expect(await env.registry.store.revision()).toBe(revision);
    expect(await paint('green')).toMatchObject({ outcome: 'updated', object: { spec: { colour: 'green' } } });
    for (const field of ['name', 'namespace'] as const) {
      const rename = createOrUpdate(parts, part('p'), (draft) => {
        draft.metadata[field] = 'other';
      });
      await expect(rename).rejects.toThrow(/must not change name or namespace/);
    }
  });
});

describe('finalizers', () => {
  it('C16 stores the finalizer before the first reconcile, and lets go after the cleanup', async () => {
    const seen: (readonly string[] | undefined)[] = [];
    const answers: (Outcome | Error)[] = [requeueAfter(5000), new Error('not yet'), done()];
    let cleanups = 0;
    await using env = await gadgetEnv(
      {
        reconcile: (object) => {
          seen.push(object.metadata.finalizers);
          return done();
        },
        cleanup: () => {
          cleanups++;
          const answer = answers.shift() ?? done();
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
      { backoff: { baseMs: 1000 } },
    );
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.settled();
    expect(seen[0]).toEqual(['test.dev/gadget']);
    const reconciled = seen.length;
    expect(await gadgets.delete(key)).toMatchObject({ pendingFinalizers: ['test.dev/gadget'] });
    await env.settled();
    expect(cleanups).toBe(1);
    await env.advance(5000);
    expect(cleanups).toBe(2);
    expect((await gadgets.get(key)).metadata.deletionTimestamp).toBeDefined();
    await env.advance(1000);
    expect(cleanups).toBe(3);
    await expect(gadgets.get(key)).rejects.toMatchObject({ reason: 'NotFound' });
    expect(seen).toHaveLength(reconciled);
    await env.advance(3_600_000);
    expect(cleanups).toBe(3);
  });

  it('C16 gives an object marked for deletion no finalizer, and runs no cleanup without it', async () => {
    let cleanups = 0;
    await using env = await gadgetEnv({
      reconcile: () => {
        throw new Error('must not be called');
      },
      cleanup: () => {
        cleanups++;
        return done();
      },
    });
    env.faults.unavailable({ times: Infinity });
    env.faults.expireWatches();
    await env.settled();
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create({ ...gadget('a'), metadata: { ...gadget('a').metadata, finalizers: ['other.dev/x'] } });
    await gadgets.delete(key);
    env.faults.clear();
    await env.advance(60_000);
    expect(env.reconciles(key)).toMatchObject([{ outcome: done() }]);
    expect((await gadgets.get(key)).metadata.finalizers).toEqual(['other.dev/x']);
    expect(cleanups).toBe(0);
  });

  it('C16 runs several cleanups in their order, refuses one name twice, and throws their errors together', async () => {
    await using env = await testEnv({ kinds });
    const client = env.registry.resource(Gadget);
    const order: string[] = [];
    const failing = new Set(['two', 'three']);
    const step = (name: string) => () => {
      order.push(name);
      if (failing.has(name)) throw new Error(`${name} failed`);
      return done();
    };
    const finalizers = new Finalizers<Gadget>();
    for (const name of ['one', 'two', 'three', 'four']) finalizers.register(`test.dev/${name}`, step(name));
    expect(() => finalizers.register('test.dev/two', step('two'))).toThrow(/"test.dev\/two" is registered already/);
    let object: Stored<Gadget> = await finalizers.ensure(await client.create(gadget('a')), { client });
    expect(object.metadata.finalizers).toEqual(['test.dev/one', 'test.dev/two', 'test.dev/three', 'test.dev/four']);
    await client.delete(key);
    object = await client.get(key);
    const error = await finalizers.finalize(object, { client }).catch((thrown: unknown) => thrown);
    expect(order).toEqual(['one', 'two', 'three', 'four']);
    expect((error as AggregateError).errors.map(String)).toEqual(['Error: two failed', 'Error: three failed']);
    object = await client.get(key);
    expect(object.metadata.finalizers).toEqual(['test.dev/two', 'test.dev/three']);
    failing.clear();
    expect(await finalizers.finalize(object, { client })).toEqual(done());
    await expect(client.get(key)).rejects.toMatchObject({ reason: 'NotFound' });
  });

  it.each([['gone'], ['replaced by a namesake']])(
    'C16 leaves an object alone that is %s after its cleanup',
    async (fate) => {
      await using env = await testEnv({ kinds });
      const client = env.registry.resource(Gadget);
      const finalizers = new Finalizers<Gadget>().register('test.dev/one', async (object) => {
        // Somebody loses patience and takes the finalizer away by hand.
        await client.update({ ...object, metadata: { ...object.metadata, finalizers: [] } });
        if (fate !== 'gone') await finalizers.ensure(await client.create(gadget('a')), { client });
        return done();
      });
      await finalizers.ensure(await client.create(gadget('a')), { client });
      await client.delete(key);
      expect(await finalizers.finalize(await client.get(key), { client })).toEqual(done());
      const left = fate === 'gone' ? [] : [{ metadata: { finalizers: ['test.dev/one'] } }];
      expect((await client.list()).items).toMatchObject(left);
    },
  );

  it('C16 refuses a cleanup without a domain in its name, and one that cannot be called', () => {
    const finalizers = new Finalizers<Gadget>();
    expect(() => finalizers.register('plain', done)).toThrow(
      'the name of a finalizer must have a domain and "/" before the name, got \'plain\'',
    );
    expect(() => finalizers.register('test.dev/one', undefined as never)).toThrow(
      'the cleanup of finalizer "test.dev/one" must be a function, got undefined',
    );
  });
});

describe('status and conditions', () => {
  it('writes conditions by themselves, also of a run that fails, and nothing when nothing changes', async () => {
    const state = { ok: false };
    await using env = await gadgetEnv(
      (_, ctx) => {
        ctx.conditions.set('Ready', state.ok, state.ok ? 'Works' : 'Broken', 'as the test wants');
        if (!state.ok) throw new Error('broken');
        return done();
      },
      { backoff: { baseMs: 60_000 } },
    );
    const gadgets = env.registry.resource(Gadget);
    await gadgets.create(gadget('a'));
    await env.settled();
    const [broken] = (await gadgets.get(key)).status!.conditions!;
    expect(broken).toMatchObject({ type: 'Ready', status: 'False', reason: 'Broken', observedGeneration: 1 });
    state.ok = true;
    await env.advance(60_000);
    const [works] = (await gadgets.get(key)).status!.conditions!;
    expect(works).toMatchObject({ status: 'True', reason: 'Works' });
    expect(Date.parse(works!.lastTransitionTime)).toBeGreaterThan(Date.parse(broken!.lastTransitionTime));
    const revision = await env.registry.store.revision();
    env.manager.controllers.get('gadget')!.trigger(key);
    await env.settled();
    expect(await env.registry.store.revision()).toBe(revision);
  });

  it('refuses a change of the status that would write nothing, in plain JavaScript', async () => {
    const errors: unknown[] = [];
    await using env = await gadgetEnv(async (_, ctx) => {
      for (const change of [() => ({ phase: 'Working' }), 'Working', null, []]) {
        await ctx.updateStatus(change as never).catch((error: unknown) => errors.push(error));
      }
      return done();
    });
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(errors.map(String)).toEqual(
      ['[Function (anonymous)]', "'Working'", 'null', '[]'].map(
        (got) =>
          `TypeError: what updateStatus writes must be an object with fields of the status, got ${got}: write ctx.updateStatus({ … })`,
      ),
    );
  });

  it('writes a condition that is set while a status is being written', async () => {
    await using env = await gadgetEnv(async (_, ctx) => {
      ctx.conditions.set('Ready', true, 'Works');
      const writing = ctx.updateStatus({ phase: 'Working' });
      ctx.conditions.set('Late', true, 'Works');
      await writing;
      return done();
    });
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    const { conditions } = (await env.registry.resource(Gadget).get(key)).status!;
    expect(conditions!.map(({ type }) => type)).toEqual(['Ready', 'Late']);
  });

  it('keeps what others write into the status meanwhile, also of the conditions', async () => {
    await using env = await gadgetEnv(async (object, ctx) => {
      if (ctx.conditions.isTrue('Ready')) return done();
      const gadgets = env.registry.resource(Gadget);
      const { conditions } = ctx;
      const theirs = {
        status: 'True',
        reason: 'Seen',
        message: '',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      } as const;
      const status = { phase: 'Theirs', conditions: [{ type: 'Other', ...theirs }] };
      conditions.set('Ready', false, 'Starting');
      await gadgets.updateStatus({ ...object, status });
      const written = await ctx.updateStatus({ observedGeneration: object.metadata.generation });
      expect(written.status).toMatchObject({ phase: 'Theirs', observedGeneration: 1 });
      expect(conditions.all.map(({ type }) => type)).toEqual(['Other', 'Ready']);
      await gadgets.updateStatus({ ...written, status: { ...written.status, conditions: [] } });
      conditions.set('Ready', true, 'Works');
      return done();
    });
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(env.reconciles(key)[0]).toMatchObject({ outcome: done() });
    expect((await env.registry.resource(Gadget).get(key)).status).toMatchObject({
      phase: 'Theirs',
      observedGeneration: 1,
      conditions: [{ type: 'Ready', status: 'True' }],
    });
  });

  it('puts the status on the newest version, and keeps the fields it does not name', async () => {
    await using env = await gadgetEnv(async (object, ctx) => {
      if (object.status?.phase === 'Working') return done();
      // Somebody else changes the object while the run works on it.
      await env.registry.resource(Gadget).update(edit(object, (draft) => void (draft.spec.size = 42)));
      ctx.conditions.set('Ready', 'Unknown', 'Starting');
      await ctx.updateStatus({ observedGeneration: object.metadata.generation });
      await ctx.updateStatus({ phase: 'Working' });
      return done();
    });
    await env.registry.resource(Gadget).create(gadget('a'));
    await env.settled();
    expect(await env.registry.resource(Gadget).get(key)).toMatchObject({
      spec: { size: 42 },
      status: { phase: 'Working', observedGeneration: 1, conditions: [{ type: 'Ready', status: 'Unknown' }] },
    });
  });
});
