import type { ApiObject, Condition, ResourceClient, Stored } from '@ecsm/api-types';
import { changed, done, requeueAfter, type Manager, type Outcome, type Reconciler } from '@ecsm/controller-runtime';
import { describe, expectTypeOf, it } from 'vitest';

import { Gadget, Part } from './helpers/gadget.js';

declare const manager: Manager;

describe('types', () => {
  it('hands the reconciler objects of its kind', () => {
    manager
      .controller()
      .for(Gadget)
      .reconcile((object, ctx) => {
        expectTypeOf(object).toEqualTypeOf<Stored<Gadget>>();
        expectTypeOf(object.spec.size).toBeNumber();
        expectTypeOf(ctx.client).toEqualTypeOf<ResourceClient<Gadget>>();
        return done();
      });
  });

  it('refuses builder calls in a wrong order', () => {
    const start = manager.controller('x');
    // owns and reconcile need for
    expectTypeOf(start).not.toHaveProperty('owns');
    expectTypeOf(start).not.toHaveProperty('reconcile');
    const objects = start.for(Gadget);
    // a controller is for one kind, and takes no keys then
    expectTypeOf(objects).not.toHaveProperty('for');
    expectTypeOf(objects).not.toHaveProperty('reconcileKeys');
    const keys = start.watches(Part, () => []);
    // keys of elsewhere have no object to reconcile
    expectTypeOf(keys).not.toHaveProperty('reconcile');
    expectTypeOf(keys).not.toHaveProperty('for');
  });

  it('refuses a wrong kind', () => {
    const objects = manager.controller().for(Gadget);
    const forParts: Reconciler<Part> = { reconcile: () => done() };
    const ofGadgets = (object: Stored<Gadget>) => [{ name: object.spec.plan ?? '' }];
    // @ts-expect-error a reconciler of parts is none of gadgets
    objects.reconcile(forParts);
    // @ts-expect-error a mapper sees the objects of its source
    objects.watches(Part, ofGadgets);
    // @ts-expect-error no such part of an object
    changed('colour');
    // @ts-expect-error a name is no kind
    manager.controller().for('Gadget');
  });

  it('refuses to change an object that was read', () => {
    manager
      .controller()
      .for(Gadget)
      .reconcile((object) => {
        // @ts-expect-error spec is read-only
        object.spec.size = 2;
        // @ts-expect-error metadata is read-only
        object.metadata.name = 'other';
        expectTypeOf(object.status!.conditions!).toEqualTypeOf<readonly Condition[]>();
        return done();
      });
  });

  it('cannot express an error together with a time', () => {
    // @ts-expect-error requeueAfter takes options, and an error is not among them
    requeueAfter(1000, { error: new Error('both') });
    // @ts-expect-error an outcome carries no error
    const outcome: Outcome = { type: 'requeueAfter', afterMs: 1, error: new Error('both') };
    expectTypeOf(outcome).toEqualTypeOf<Outcome>();
    const objects = manager.controller().for(Gadget);
    // @ts-expect-error an error is thrown, not returned
    objects.reconcile(() => new Error('returned'));
    // @ts-expect-error a run says what it wants: nothing is not an answer
    objects.reconcile(() => undefined);
    // @ts-expect-error the same for async functions
    objects.reconcile(async () => {});
  });

  it('needs no type arguments for any object', () => {
    expectTypeOf<Parameters<Reconciler['reconcile']>[0]>().toEqualTypeOf<Stored<ApiObject>>();
  });
});
