import type { ApiObject, KindDefinition } from '@ecsm/api-types';

import { ReportedError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { commonExitCode, exitCodes } from '../cli/exit-code.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import { reasonOf } from '../cli/present-error.js';
import { tellError } from '../cli/tell-error.js';
import type { getFlags } from '../definitions/get.js';
import type { Column } from '../output/column.js';
import { declaredColumns } from '../output/declared-columns.js';
import { parseOutputFormat } from '../output/output-format.js';
import { groupOf, printItems, type ItemGroup } from '../output/print-items.js';
import { hasField, sortItems } from '../output/sort-items.js';
import { clientOf, listDeclared } from '../resources/declared-objects.js';
import { explainMissing } from '../resources/one-object.js';
import { checkNamedAlone, parseTargets, type Target } from '../resources/targets.js';
import { checkDeclaredFilters } from './check-filters.js';

type GetFlags = ValuesOf<typeof getFlags>;

/** What could be read of a target, and what could not. */
interface Found {
  readonly group: ItemGroup;
  readonly failures: readonly unknown[];
}

/** The columns of a declared kind as the flags of `get` want them. */
export function columnsFor(
  invocation: Invocation,
  kind: KindDefinition,
  flags: Pick<GetFlags, 'all-namespaces'> & Partial<Pick<GetFlags, 'show-labels' | 'label-columns'>>,
): readonly Column<ApiObject>[] {
  const columns = declaredColumns(kind, () => invocation.clock.now());
  const namespace: Column<ApiObject> = { heading: 'NAMESPACE', value: (object) => object.metadata.namespace };
  const labels: Column<ApiObject> = {
    heading: 'LABELS',
    value: ({ metadata: { labels = {} } }) =>
      Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(','),
  };
  return [
    ...(flags['all-namespaces'] && kind.scope === 'namespaced' ? [namespace] : []),
    ...columns,
    ...(flags['label-columns'] ?? []).flatMap((keys) => keys.split(',')).map((key) => labelColumn(key.trim())),
    ...(flags['show-labels'] === true ? [labels] : []),
  ];
}

/** The column of one label, under the last part of its key, as kubectl has it. */
function labelColumn(key: string): Column<ApiObject> {
  return {
    heading: key.slice(key.lastIndexOf('/') + 1).toUpperCase(),
    value: ({ metadata: { labels = {} } }) => (Object.hasOwn(labels, key) ? labels[key] : undefined),
  };
}

async function findDeclared(
  invocation: Invocation,
  kind: KindDefinition,
  names: readonly string[] | undefined,
  flags: GetFlags,
): Promise<Found> {
  checkDeclaredFilters(kind.plural, flags);
  const registry = await invocation.registry();
  const columns = columnsFor(invocation, kind, flags);
  const group = (items: readonly ApiObject[]): ItemGroup =>
    groupOf({ singular: kind.singular, items, columns, nameOf: ({ metadata }) => metadata.name });
  if (names === undefined) return { group: group(await listDeclared(invocation, registry, kind, flags)), failures: [] };
  const client = await clientOf(invocation, registry, kind);
  const items: ApiObject[] = [];
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      items.push(await client.get(name, { signal: invocation.signal }));
    } catch (error) {
      if (reasonOf(error) !== 'NotFound') throw error;
      if (!flags['ignore-not-found']) failures.push(await explainMissing(invocation, { kind, name }, error));
    }
  }
  return { group: group(items), failures };
}

async function find(invocation: Invocation, target: Target, flags: GetFlags): Promise<Found> {
  const { type, names } = target;
  if (type.world === 'declared') return findDeclared(invocation, type.kind, names, flags);
  const { listPlatform } = await import('./get-platform.js');
  const { items, failures } = await listPlatform(invocation, type.kind, names, flags);
  const { singular, columns, nameOf } = type.kind;
  return { group: { singular, items, columns, nameOf }, failures };
}

/** The same; where other types are asked for as well, one that cannot be read at all does not keep them from being shown. */
async function findOrFail(invocation: Invocation, target: Target, flags: GetFlags, hasOthers: boolean): Promise<Found> {
  try {
    return await find(invocation, target, flags);
  } catch (error) {
    if (!hasOthers || error instanceof UsageError || invocation.signal.aborted) throw error;
    const { singular } = target.type.kind;
    return { group: { singular, items: [], columns: [], nameOf: () => '' }, failures: [error] };
  }
}

/** Shows objects of both worlds. */
export const get: Handler<typeof getFlags> = async (invocation, flags) => {
  const format = parseOutputFormat(flags.output);
  const targets = parseTargets(invocation.args, await invocation.scheme());
  if (targets.some(({ type, names }) => type.world === 'declared' && names !== undefined))
    checkNamedAlone('names', flags);
  if (flags.watch || flags['watch-only']) {
    const { watch } = await import('./get-watch.js');
    return watch(invocation, targets, format, flags);
  }
  const found: Found[] = [];
  for (const target of targets) found.push(await findOrFail(invocation, target, flags, targets.length > 1));
  const groups = found.map(({ group }) => ({ ...group, items: sortItems(group.items, flags['sort-by']) }));
  const failures = found.flatMap((each) => each.failures);
  const path = flags['sort-by'];
  const all = groups.flatMap(({ items }): readonly object[] => items);
  if (path !== undefined && all.length > 0 && !hasField(all, path))
    invocation.log.warn(`none of these has the field ${path} to sort by`);
  const count = all.length;
  const single = targets.length === 1 && targets[0]?.names?.length === 1;
  const asksForAll = targets.some(({ names }) => names === undefined);
  if (count > 0 || (failures.length === 0 && format.type !== 'table' && asksForAll)) {
    await printItems(invocation, groups, format, { headings: !flags['no-headers'], single });
  }
  if (count === 0 && failures.length === 0 && !flags['ignore-not-found']) await noteNothing(invocation, targets, flags);
  reportFailures(invocation, failures);
};

async function noteNothing(invocation: Invocation, targets: readonly Target[], flags: GetFlags): Promise<void> {
  const kinds = targets.map(({ type }) => type.kind.plural).join(', ');
  const scoped = targets.every(({ type }) => type.world === 'declared' && type.kind.scope === 'namespaced');
  const where = scoped && !flags['all-namespaces'] ? ` in namespace ${(await invocation.settings()).namespace}` : '';
  invocation.note(`No ${kinds} found${where}.\n`);
}

function reportFailures({ io }: Invocation, failures: Found['failures']): void {
  if (failures.length === 0) return;
  const codes = failures.map((error) => tellError(io.stderr, error));
  throw new ReportedError('some could not be read', { exitCode: commonExitCode(codes, exitCodes.error) });
}
