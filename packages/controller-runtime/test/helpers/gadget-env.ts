import type { ControllerOptions, Manager, ReconcileFunction, Reconciler } from '@ecsm/controller-runtime';
import { testEnv, type TestEnv, type TestEnvOptions } from '@ecsm/controller-runtime/testing';

import { Gadget, kinds } from './gadget.js';

/** An environment with one controller, for gadgets. */
export function gadgetEnv(
  reconciler: ReconcileFunction<Gadget> | Reconciler<Gadget>,
  options: ControllerOptions = {},
  rest: Omit<TestEnvOptions, 'kinds'> = {},
): Promise<TestEnv> {
  const add = (manager: Manager): unknown => manager.controller().for(Gadget).options(options).reconcile(reconciler);
  return testEnv({ ...rest, kinds, controllers: [add, ...(rest.controllers ?? [])] });
}
