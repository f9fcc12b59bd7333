import { ECSMService, type ApiObject, type DeleteResult } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { deleteFlags } from '../definitions/write.js';
import { Progress } from '../output/progress.js';
import { clientOf, listDeclared } from '../resources/declared-objects.js';
import { deletionState } from '../resources/deletion-state.js';
import { label, type NamedObject } from '../resources/one-object.js';
import { isOperatorRunning, onThisRegistry } from '../resources/operator-presence.js';
import { checkNamedAlone, parseTargets, type Target } from '../resources/targets.js';
import { findDeclaredKind } from '../resources/vocabulary.js';
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

async function fromTarget(invocation: Invocation, target: Target, flags: DeleteFlags): Promise<readonly NamedObject[]> {
  const { kind } = target.type;
  const declared = findDeclaredKind(kind.plural, await invocation.scheme(), 'delete');
  const registry = await invocation.registry();
  if (target.names !== undefined) {
    checkNamedAlone('names', flags);
    const client = await clientOf(invocation, registry, declared);
    return target.names.map((name) => ({ kind: declared, client, name }));
  }
  if (!flags.all && flags.selector === undefined && flags['field-selector'] === undefined) {
    throw new UsageError(`which ${declared.plural}?`, 'give names, -l SELECTOR or --all');
  }
  const query = {
    allNamespaces: flags['all-namespaces'],
    selector: flags.selector,
    fieldSelector: flags['field-selector'],
  };
  return (await listDeclared(invocation, registry, declared, query)).map(({ metadata: { name, namespace } }) => {
    const client = registry.resource(declared);
    return { kind: declared, name, client: namespace === undefined ? client : client.namespace(namespace) };
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
    invocation.print(`${label(doomed)} not found, nothing to delete\n`);
    return false;
  }
  const { pendingFinalizers } = result;
  if (pendingFinalizers.length === 0) {
    invocation.print(`${label(doomed)} deleted${dryRunSuffix(flags)}\n`);
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
  invocation.print(`${label(doomed)} ${marked}; ${remainder(doomed, pendingFinalizers)}${missing}\n`);
  return false;
}

/** Waits until an object is gone. */
async function waitForEnd(invocation: Invocation, doomed: NamedObject, timeoutMs: number | undefined): Promise<void> {
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
  invocation.print(`${label(doomed)} deleted\n`);
}

/** Deletes objects by name, selector or manifest. */
export const deleteObjects: Handler<typeof deleteFlags> = async (invocation, flags) => {
  const { clock } = invocation;
  const doomed: NamedObject[] = [];
  if (flags.filename.length > 0) doomed.push(...(await fromFiles(invocation, flags)));
  else {
    const targets = parseTargets(invocation.args, await invocation.scheme());
    for (const target of targets) doomed.push(...(await fromTarget(invocation, target, flags)));
  }
  if (doomed.length === 0) invocation.note('Nothing to delete.\n');
  const pending: NamedObject[] = [];
  for (const each of doomed) {
    if (await deleteOne(invocation, each, flags)) pending.push(each);
  }
  const begunAt = clock.monotonicNow();
  for (const each of pending) {
    const leftMs = flags.timeout === undefined ? undefined : flags.timeout - (clock.monotonicNow() - begunAt);
    await waitForEnd(invocation, each, leftMs === undefined ? undefined : Math.max(0, leftMs));
  }
};
