import type { ApiObject, Stored } from '@ecsm/api-types';
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
        expectTypeOf(ctx.client.get).returns.resolves.toEqualTypeOf<Stored<Gadget>>();
        expectTypeOf(ctx.updateStatus).parameter(0).toEqualTypeOf<Partial<NonNullable<Gadget['status']>> | undefined>();
        return done();
      });
  });

  it('refuses builder calls in a wrong order', () => {
    const start = manager.controller('x');
    const objects = start.for(Gadget);
    const keys = start.watches(Part, () => []);
    // @ts-expect-error owns needs for
    start.owns(Part);
    // @ts-expect-error reconcile needs for
    start.reconcile(done);
    // @ts-expect-error a controller is for one kind
    objects.for(Part);
    // @ts-expect-error keys of elsewhere have no object to reconcile
    keys.reconcile(done);
    // @ts-expect-error and a controller of objects takes no keys
    objects.reconcileKeys(done);
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
        // @ts-expect-error conditions are read-only
        object.status?.conditions?.push();
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
    expectTypeOf<Reconciler>().toEqualTypeOf<Reconciler<ApiObject>>();
  });
});
