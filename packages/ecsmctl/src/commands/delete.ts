import {
  ECSMService,
  type ApiObject,
  type DeleteResult,
  type KindDefinition,
  type ResourceClient,
} from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { deleteFlags } from '../definitions/write.js';
import { Progress } from '../output/progress.js';
import { clientOf, listDeclared } from '../resources/declared-objects.js';
import { parseTargets, type Target } from '../resources/targets.js';
import { findDeclaredKind } from '../resources/vocabulary.js';
import { waitUntil } from '../resources/wait-until.js';
import { readGoodDocuments } from './manifest-documents.js';

type DeleteFlags = ValuesOf<typeof deleteFlags>;

const defaultTimeoutMs = 60_000;

/** One object to delete. */
interface Doomed {
  readonly kind: KindDefinition;
  readonly client: ResourceClient<ApiObject>;
  readonly name: string;
}

function nameOf({ kind, name }: Doomed): string {
  return `${kind.singular}/${name}`;
}

async function fromFiles(invocation: Invocation, flags: DeleteFlags): Promise<readonly Doomed[]> {
  if (invocation.args.length > 0) throw new UsageError('names and -f cannot be given together');
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

async function fromTarget(invocation: Invocation, target: Target, flags: DeleteFlags): Promise<readonly Doomed[]> {
  const { kind } = target.type;
  const declared = findDeclaredKind(kind.plural, await invocation.scheme(), 'delete');
  const registry = await invocation.registry();
  if (target.names !== undefined) {
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

function tell(invocation: Invocation, doomed: Doomed, result: DeleteResult<ApiObject>, dryRun: boolean): void {
  const suffix = dryRun ? ' (dry run)' : '';
  if (!result.deleted) {
    invocation.print(`${nameOf(doomed)} not found, nothing to delete\n`);
  } else if (result.pendingFinalizers.length === 0) {
    invocation.print(`${nameOf(doomed)} deleted${suffix}\n`);
  } else {
    const who =
      doomed.kind.plural === ECSMService.plural
        ? 'the operator removes it from the platform and then finishes'
        : `it goes when its finalizers are done: ${result.pendingFinalizers.join(', ')}`;
    invocation.print(`${nameOf(doomed)} marked for deletion${suffix}; ${who}\n`);
  }
}

/** Deletes objects by name, selector or manifest. */
export const deleteObjects: Handler<typeof deleteFlags> = async (invocation, flags) => {
  const { signal, clock } = invocation;
  const doomed: Doomed[] = [];
  if (flags.filename.length > 0) doomed.push(...(await fromFiles(invocation, flags)));
  else {
    const targets = parseTargets(invocation.args, await invocation.scheme());
    for (const target of targets) doomed.push(...(await fromTarget(invocation, target, flags)));
  }
  if (doomed.length === 0) invocation.note('Nothing to delete.\n');
  const dryRun = flags['dry-run'] !== 'none';
  const propagationPolicy = flags.cascade as 'background' | 'foreground' | 'orphan';
  const pending: Doomed[] = [];
  for (const each of doomed) {
    const result = await each.client.delete(each.name, { dryRun, propagationPolicy, signal });
    tell(invocation, each, result, dryRun);
    if (result.deleted && result.pendingFinalizers.length > 0) pending.push(each);
  }
  if (!flags.wait || dryRun) return;
  for (const each of pending) {
    const what = `${nameOf(each)} to be gone; is the operator running?`;
    const timeoutMs = flags.timeout ?? defaultTimeoutMs;
    using progress = new Progress(invocation.io.stderr, () => undefined);
    progress.show(`waiting for ${what}`, '');
    await waitUntil(each.client, each.name, (object) => object === undefined, { clock, signal, timeoutMs, what });
    progress.end();
    invocation.print(`${nameOf(each)} deleted\n`);
  }
};
