import {
  done,
  type KeyControllerBuilder,
  type NewController,
  type ObjectControllerBuilder,
} from '@ecsm/controller-runtime';
import { testEnv, type TestEnv, type TestEnvOptions } from '@ecsm/controller-runtime/testing';

import { kinds, type Gadget } from './gadget.js';

/** An environment with one controller whose runs are done at once: it is about what leads to runs. */
export function sourcesEnv(
  describe: (controller: NewController) => ObjectControllerBuilder<Gadget> | KeyControllerBuilder,
  rest: Omit<TestEnvOptions, 'kinds' | 'controllers'> = {},
): Promise<TestEnv> {
  return testEnv({
    ...rest,
    kinds,
    controllers: [
      (manager) => {
        const builder = describe(manager.controller('x'));
        return 'reconcile' in builder ? builder.reconcile(done) : builder.reconcileKeys(done);
      },
    ],
  });
}
