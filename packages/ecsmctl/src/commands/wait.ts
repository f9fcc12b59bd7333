import { findCondition, type ApiObject, type Condition } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { Invocation } from '../cli/invocation.js';
import type { waitFlags } from '../definitions/rollout.js';
import { Progress } from '../output/progress.js';
import { findValues } from '../output/jsonpath.js';
import { listDeclared } from '../resources/declared-objects.js';
import { label, namedObjects, withHint, type NamedObject } from '../resources/one-object.js';
import { findDeclaredKind } from '../resources/vocabulary.js';
import { waitUntil } from '../resources/wait-until.js';

/** What is waited for, as a question about an object; `undefined` is one that is not there. */
interface Goal {
  readonly holds: (object: ApiObject | undefined) => boolean;
  readonly words: string;
}

/** A condition counts only when it speaks of the newest generation. */
function conditionHolds(object: ApiObject, type: string, status: string): boolean {
  const { status: seen = {} } = object as {
    readonly status?: { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number };
  };
  const condition = findCondition(seen.conditions, type);
  const observed = condition?.observedGeneration ?? seen.observedGeneration;
  const isStale = observed !== undefined && observed < (object.metadata.generation ?? 0);
  return !isStale && condition?.status.toLowerCase() === status.toLowerCase();
}

function parseGoal(text: string | undefined): Goal {
  if (text === 'delete') return { holds: (object) => object === undefined, words: 'deletion' };
  const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text ?? '');
  if (condition !== null) {
    const [, type = '', status = 'True'] = condition;
    return {
      holds: (object) => object !== undefined && conditionHolds(object, type, status),
      words: `condition ${type}=${status}`,
    };
  }
  const path = /^jsonpath=(\{.*\}|[^=]+)(?:=(.*))?$/s.exec(text ?? '');
  if (path !== null) {
    const [, expression = '', wanted] = path;
    return {
      holds: (object) => {
        const values = object === undefined ? [] : findValues(expression, object);
        return values.length > 0 && (wanted === undefined || values.every((value) => String(value) === wanted));
      },
      words: wanted === undefined ? expression : `${expression}=${wanted}`,
    };
  }
  const forms = 'write --for condition=Available, --for delete or --for jsonpath={.status.readyReplicas}=3';
  throw new UsageError(text === undefined ? '--for is missing' : `--for does not know "${text}"`, forms);
}

async function targetsOf(
  invocation: Invocation,
  selector: string | undefined,
  all: boolean,
): Promise<readonly NamedObject[]> {
  if (!all && selector === undefined) return namedObjects(invocation, invocation.args, 'wait');
  const kind = findDeclaredKind(invocation.args[0] ?? '', await invocation.scheme(), 'wait');
  const registry = await invocation.registry();
  return (await listDeclared(invocation, registry, kind, { selector })).map(({ metadata: { name, namespace } }) => {
    const client = registry.resource(kind);
    return { kind, name, client: namespace === undefined ? client : client.namespace(namespace) };
  });
}

/** Waits until objects are in a state. */
export const wait: Handler<typeof waitFlags> = async (invocation, flags) => {
  const { clock, signal } = invocation;
  const goal = parseGoal(flags.for);
  for (const named of await targetsOf(invocation, flags.selector, flags.all)) {
    const { client, name } = named;
    // What is not there at all is a mistake in the name, except when it shall go.
    if (!goal.holds(undefined)) await withHint(invocation, named, () => client.get(name, { signal }));
    const what = `${goal.words} of ${label(named)}`;
    using progress = new Progress(invocation.io.stderr, () => undefined);
    progress.show(`waiting for ${what}`, '');
    await waitUntil(client, name, goal.holds, { clock, signal, timeoutMs: flags.timeout, what });
    progress.end();
    invocation.print(`${label(named)} ${goal.words} met\n`);
  }
};
