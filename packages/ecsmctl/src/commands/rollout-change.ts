import { restartAnnotation } from '@ecsm/planner';

import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { rolloutChangeFlags } from '../definitions/rollout.js';
import { label, oneService, withHint } from '../resources/one-object.js';
import { dryRunSuffix, writeOptions } from '../resources/write-options.js';

type ChangeHandler = Handler<typeof rolloutChangeFlags>;

async function change(
  invocation: Invocation,
  flags: ValuesOf<typeof rolloutChangeFlags>,
  verb: string,
  outcome: string,
  patch: object,
): Promise<void> {
  const named = await oneService(invocation, invocation.args, verb);
  await withHint(invocation, named, () =>
    named.client.patch(named.name, { type: 'merge', patch }, writeOptions(invocation, flags)),
  );
  invocation.print(`${label(named)} ${outcome}${dryRunSuffix(flags)}\n`);
}

/** Lets a rollout stand still. */
export const rolloutPause: ChangeHandler = (invocation, flags) =>
  change(invocation, flags, 'rollout pause', 'paused', { spec: { paused: true } });

/** Lets a paused rollout go on. */
export const rolloutResume: ChangeHandler = (invocation, flags) =>
  change(invocation, flags, 'rollout resume', 'resumed', { spec: { paused: false } });

/** Starts a rollout of the template as it is, by giving it a new stamp. */
export const rolloutRestart: ChangeHandler = (invocation, flags) => {
  const stamp = new Date(invocation.clock.now()).toISOString();
  const patch = { metadata: { annotations: { [restartAnnotation]: stamp } } };
  return change(invocation, flags, 'rollout restart', 'restarting', patch);
};
