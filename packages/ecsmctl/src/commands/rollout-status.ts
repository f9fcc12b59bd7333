import type { ECSMService } from '@ecsm/api-types';
import { desiredReplicas, findCondition, isConditionTrue, isStatusCurrent } from '@ecsm/api-types';

import { CliError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import type { rolloutStatusFlags } from '../definitions/rollout.js';
import { countOf } from '../output/count-of.js';
import { Progress, progressBar } from '../output/progress.js';
import { oneService, withHint } from '../resources/one-object.js';
import { hintIfNoOperator } from '../resources/operator-presence.js';
import { waitUntil } from '../resources/wait-until.js';

/** How a rollout stands. */
export interface RolloutState {
  readonly done: boolean;
  /** Whether it has missed its deadline. */
  readonly failed: boolean;
  /** Instances of the newest template that are available. */
  readonly arrived: number;
  readonly wanted: number;
  /** What it waits for, in words. */
  readonly message: string;
}

/** What keeps a service from getting on, as its conditions tell it. */
function obstacleOf(service: ECSMService): string | undefined {
  const bad = [
    ['PlatformReachable', 'False'],
    ['Degraded', 'True'],
    ['DependenciesReady', 'False'],
  ] as const;
  // Of an earlier state only the first still holds: nobody gets on without the platform.
  for (const [type, value] of isStatusCurrent(service) ? bad : bad.slice(0, 1)) {
    const condition = findCondition(service.status?.conditions, type);
    if (condition?.status === value) return condition.message;
  }
  return undefined;
}

/** Reads from a service how its rollout stands, and what is in its way. */
export function rolloutState(service: ECSMService): RolloutState {
  const state = progressOf(service);
  const obstacle = state.done || state.failed ? undefined : obstacleOf(service);
  return obstacle === undefined || obstacle === state.message
    ? state
    : { ...state, message: `${state.message}; ${obstacle}` };
}

function progressOf(service: ECSMService): RolloutState {
  const wanted = desiredReplicas(service);
  const { status = {} } = service;
  const updated = status.updatedReplicas ?? 0;
  const available = status.availableReplicas ?? 0;
  const arrived = Math.min(updated, available);
  const say = (message: string, rest: Partial<RolloutState> = {}): RolloutState => ({
    done: false,
    failed: false,
    arrived,
    wanted,
    message,
    ...rest,
  });
  if (service.metadata.deletionTimestamp !== undefined) return say('the service is being deleted', { failed: true });
  if (!isStatusCurrent(service)) return say('the operator has not seen the latest change yet');
  const progressing = findCondition(status.conditions, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return say(progressing.message, { failed: true });
  if (service.spec.paused === true && updated < wanted)
    return say(`${updated} of ${wanted} instances are new; the rollout is paused`);
  if (updated < wanted) return say(`${updated} of ${wanted} instances are new`);
  if ((status.replicas ?? 0) > updated)
    return say(`${countOf((status.replicas ?? 0) - updated, 'old instance')} still to go`);
  if (available < wanted) return say(`${available} of ${wanted} new instances are available`);
  if (!isConditionTrue(status.conditions, 'Available')) {
    return say(findCondition(status.conditions, 'Available')?.message ?? 'the service is not available yet');
  }
  return say(`${arrived} of ${wanted} instances are new and available`, { done: true });
}

/** Shows how far a rollout has got. */
export const rolloutStatus: Handler<typeof rolloutStatusFlags> = async (invocation, flags) => {
  const { clock, signal, io } = invocation;
  const named = await oneService(invocation, invocation.args, 'rollout status');
  const { client, name } = named;
  const first = rolloutState(await withHint(invocation, named, () => client.get(name, { signal })));
  if (!flags.watch) {
    invocation.print(`${name}: ${first.message}\n`);
    return;
  }
  const hint = first.done || flags.timeout !== undefined ? undefined : await hintIfNoOperator(invocation);
  if (hint !== undefined) invocation.note(`${hint}: this may last (Ctrl-C ends the waiting)\n`);
  using progress = new Progress(io, clock, invocation.print);
  let last = first;
  const watchState = (service: ECSMService | undefined): boolean => {
    if (service === undefined) throw new CliError(`${name} was deleted meanwhile`, { exitCode: exitCodes.notFound });
    const state = rolloutState(service);
    last = state;
    if (state.failed)
      throw new CliError(`the rollout of ${name} failed: ${state.message}`, {
        hint: `ecsmctl describe es ${name} shows why; ecsmctl rollout undo es/${name} goes back`,
      });
    progress.show(`${name} ${progressBar(state.arrived, state.wanted)} ${state.message}`, `${name}: ${state.message}`);
    return state.done;
  };
  const what = (): string => `the rollout of ${name}: ${last.message}`;
  await waitUntil(invocation, client, name, watchState, { timeoutMs: flags.timeout, what });
  progress.end();
  invocation.print(`${name}: the rollout is complete\n`);
};
