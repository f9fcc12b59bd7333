import { ECSMService, type ApiObject, type DeleteResult } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { deleteFlags } from '../definitions/write.js';
import { Progress } from '../output/progress.js';
import { chooseObjects } from '../resources/choose-objects.js';
import { deletionState } from '../resources/deletion-state.js';
import { forEachObject } from '../resources/for-each-object.js';
import { label, type NamedObject } from '../resources/one-object.js';
import { isOperatorRunning, onThisRegistry } from '../resources/operator-presence.js';
import { checkNamedAlone } from '../resources/targets.js';
import { waitUntil } from '../resources/wait-until.js';
import { dryRunSuffix } from '../resources/write-options.js';
import { readGoodDocuments } from './manifest-documents.js';

type DeleteFlags = ValuesOf<typeof deleteFlags>;

async function fromFiles(invocation: Invocation, flags: DeleteFlags): Promise<readonly NamedObject[]> {
  if (invocation.args.length > 0) throw new UsageError('names and -f cannot be given together');
  checkNamedAlone('-f', flags);
  const registry = await invocation.registry();
  const scheme = await invocation.scheme();
  const settings = await invocation.settings();
  return (await readGoodDocuments(invocation, flags)).map(({ manifest }) => {
    const kind = scheme.kindOf(manifest);
    const { namespace = settings.namespace, name = '' } = manifest.metadata;
    const client = registry.resource(kind);
    return { kind, name, client: kind.scope === 'cluster' ? client : client.namespace(namespace) };
  });
}

/** Whether and until when to wait for what cannot go at once. */
interface Patience {
  readonly waits: boolean;
  /** Why not, when an operator would be needed and none is running. */
  readonly isOperatorMissing: boolean;
}

/** kubectl waits, and so does this; but an operator that is not running would never finish. A time limit is worth its wait. */
async function patienceOf(invocation: Invocation, flags: DeleteFlags, dryRun: boolean): Promise<Patience> {
  if (!flags.wait || dryRun) return { waits: false, isOperatorMissing: false };
  const isOperatorMissing = !(await isOperatorRunning(invocation));
  return { waits: !isOperatorMissing || flags.timeout !== undefined, isOperatorMissing };
}

/** Who must do what before a marked object is gone. */
function remainder(doomed: NamedObject, pendingFinalizers: readonly string[]): string {
  return doomed.kind.plural === ECSMService.plural
    ? 'the operator removes it from the platform and then finishes'
    : `it goes when its finalizers are done: ${pendingFinalizers.join(', ')}`;
}

/** Says what became of an object, or only its name. */
function tell(invocation: Invocation, doomed: NamedObject, outcome: string, flags: DeleteFlags): void {
  invocation.print(flags.output === 'name' ? `${label(doomed)}\n` : `${label(doomed)} ${outcome}\n`);
}

/** Deletes one object and says what became of it. Returns whether its end is to be waited for. */
async function deleteOne(invocation: Invocation, doomed: NamedObject, flags: DeleteFlags): Promise<boolean> {
  const propagationPolicy = flags.cascade as 'background' | 'foreground' | 'orphan';
  const dryRun = flags['dry-run'] !== 'none';
  const result: DeleteResult<ApiObject> = await doomed.client.delete(doomed.name, {
    dryRun,
    propagationPolicy,
    signal: invocation.signal,
  });
  if (!result.deleted) {
    if (flags.output !== 'name') invocation.print(`${label(doomed)} not found, nothing to delete\n`);
    return false;
  }
  const { pendingFinalizers } = result;
  if (pendingFinalizers.length === 0) {
    tell(invocation, doomed, `deleted${dryRunSuffix(flags)}`, flags);
    return false;
  }
  const { waits, isOperatorMissing } = await patienceOf(invocation, flags, dryRun);
  if (waits) {
    const stop = 'Ctrl-C ends the waiting, not the deletion';
    invocation.note(`${label(doomed)} marked for deletion; ${remainder(doomed, pendingFinalizers)} (${stop})\n`);
    return true;
  }
  const missing = isOperatorMissing ? `, but none is running ${onThisRegistry}` : '';
  const marked = `marked for deletion${dryRunSuffix(flags)}`;
  tell(invocation, doomed, `${marked}; ${remainder(doomed, pendingFinalizers)}${missing}`, flags);
  return false;
}

/** Waits until an object is gone. */
async function waitForEnd(
  invocation: Invocation,
  doomed: NamedObject,
  timeoutMs: number | undefined,
  flags: DeleteFlags,
): Promise<void> {
  const { io, clock } = invocation;
  let state = '';
  const what = (): string => `${label(doomed)} to be gone: ${state}`;
  using progress = new Progress(io, clock);
  const isGone = (object: ApiObject | undefined): boolean => {
    if (object === undefined) return true;
    state = deletionState(object);
    progress.show(`waiting for ${what()}`);
    return false;
  };
  await waitUntil(invocation, doomed.client, doomed.name, isGone, { timeoutMs, what });
  progress.end();
  tell(invocation, doomed, 'deleted', flags);
}

/** Deletes objects by name, selector or manifest. */
export const deleteObjects: Handler<typeof deleteFlags> = async (invocation, flags) => {
  const { clock } = invocation;
  const doomed =
    flags.filename.length > 0
      ? await fromFiles(invocation, flags)
      : await chooseObjects(invocation, invocation.args, flags, 'delete');
  if (doomed.length === 0) invocation.note('Nothing to delete.\n');
  const pending: NamedObject[] = [];
  await forEachObject(invocation, doomed, async (each) => {
    if (await deleteOne(invocation, each, flags)) pending.push(each);
  });
  const begunAt = clock.monotonicNow();
  await forEachObject(invocation, pending, async (each) => {
    const leftMs = flags.timeout === undefined ? undefined : flags.timeout - (clock.monotonicNow() - begunAt);
    await waitForEnd(invocation, each, leftMs === undefined ? undefined : Math.max(0, leftMs), flags);
  });
};
