import type { ApiObject, Condition } from '@ecsm/api-types';

import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import type { waitFlags } from '../definitions/rollout.js';
import { Progress } from '../output/progress.js';
import { findValues } from '../output/jsonpath.js';
import { deletionState } from '../resources/deletion-state.js';
import { chooseObjects } from '../resources/choose-objects.js';
import { forEachObject } from '../resources/for-each-object.js';
import { label } from '../resources/one-object.js';
import { waitUntil } from '../resources/wait-until.js';

/** What is waited for, as a question about an object; `undefined` is one that is not there. */
interface Goal {
  readonly holds: (object: ApiObject | undefined) => boolean;
  readonly words: string;
  /** Whether an object may be missing meanwhile; with other goals that is a mistake in its name. */
  readonly mayBeMissing: boolean;
  /** How an object stands to it, if there is more to say than that it does not hold. */
  readonly now: (object: ApiObject) => string | undefined;
}

/** A condition of an object, which counts only when it speaks of the newest generation. */
function readCondition(object: ApiObject, type: string): Condition | 'none' | 'stale' {
  const { status: seen = {} } = object as {
    readonly status?: { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number };
  };
  // In whatever case, as kubectl takes it.
  const condition = seen.conditions?.find((each) => each.type.toLowerCase() === type.toLowerCase());
  if (condition === undefined) return 'none';
  const observed = condition.observedGeneration ?? seen.observedGeneration;
  return observed !== undefined && observed < (object.metadata.generation ?? 0) ? 'stale' : condition;
}

function conditionGoal(type: string, status: string): Goal {
  return {
    words: `condition ${type}=${status}`,
    mayBeMissing: false,
    holds: (object) => {
      const condition = object === undefined ? 'none' : readCondition(object, type);
      return typeof condition === 'object' && condition.status.toLowerCase() === status.toLowerCase();
    },
    now: (object) => {
      const condition = readCondition(object, type);
      if (condition === 'none') return 'there is no such condition';
      if (condition === 'stale') return 'the latest change has not been seen yet';
      return `it is ${condition.status}${condition.message === '' ? '' : `, ${condition.message}`}`;
    },
  };
}

function parseGoal(text: string | undefined): Goal {
  if (text === 'delete')
    return { holds: (object) => object === undefined, words: 'deletion', mayBeMissing: true, now: deletionState };
  if (text === 'create')
    return { holds: (object) => object !== undefined, words: 'creation', mayBeMissing: true, now: () => undefined };
  const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text ?? '');
  if (condition !== null) {
    const [, type = '', status = 'True'] = condition;
    return conditionGoal(type, status);
  }
  const path = /^jsonpath=(\{.*\}|[^{=]+)(?:=(.*))?$/s.exec(text ?? '');
  if (path !== null) {
    const [, expression = '', wanted] = path;
    return {
      holds: (object) => {
        const values = object === undefined ? [] : findValues(expression, object);
        return values.length > 0 && (wanted === undefined || values.every((value) => String(value) === wanted));
      },
      words: wanted === undefined ? expression : `${expression}=${wanted}`,
      mayBeMissing: false,
      now: (object) => {
        const values = findValues(expression, object);
        return values.length === 0 ? 'there is no such field' : `it is ${values.map(String).join(', ')}`;
      },
    };
  }
  const forms =
    'write --for condition=Available, --for create, --for delete or --for jsonpath={.status.readyReplicas}=3';
  throw new UsageError(text === undefined ? '--for is missing' : `--for does not know "${text}"`, forms);
}

/** Waits until objects are in a state. */
export const wait: Handler<typeof waitFlags> = async (invocation, flags) => {
  const { clock, signal, io } = invocation;
  const goal = parseGoal(flags.for);
  const targets = await chooseObjects(invocation, invocation.args, flags, 'wait');
  if (targets.length === 0) {
    if (!goal.holds(undefined)) throw new CliError('nothing matches', { exitCode: exitCodes.notFound });
    invocation.note('Nothing matches.\n');
  }
  await forEachObject(invocation, targets, async (named) => {
    const { client, name } = named;
    if (!goal.mayBeMissing) await client.get(name, { signal });
    const what = `${goal.words} of ${label(named)}`;
    let now: string | undefined;
    const stateOf = (): string => (now === undefined ? what : `${what}: ${now}`);
    using progress = new Progress(io, clock);
    const holds = (object: ApiObject | undefined): boolean => {
      if (object === undefined && !goal.mayBeMissing)
        throw new CliError(`${label(named)} was deleted meanwhile`, { exitCode: exitCodes.notFound });
      now = object === undefined ? undefined : goal.now(object);
      progress.show(`waiting for ${stateOf()}`);
      return goal.holds(object);
    };
    await waitUntil(invocation, client, name, holds, { timeoutMs: flags.timeout, what: stateOf });
    progress.end();
    invocation.print(`${label(named)} ${goal.words} met\n`);
  });
};
