import { UsageError } from '../cli/cli-error.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import { exitCodes } from '../cli/exit-code.js';
import { presentError } from '../cli/present-error.js';
import type { getFlags } from '../definitions/get.js';
import { findRow } from '../resources/find-row.js';
import type { PlatformFilter, PlatformKind } from '../resources/platform-kind.js';
import { nodes, services } from '../resources/platform-kinds.js';
import { checkFilters } from './check-filters.js';

type GetFlags = ValuesOf<typeof getFlags>;

function checkSelectors({ plural }: PlatformKind, flags: GetFlags): void {
  if (flags.selector === undefined && flags['field-selector'] === undefined && flags['label-columns'].length === 0)
    return;
  throw new UsageError(
    `${plural} of the platform have no labels, nor fields to select by`,
    'use --name, or the other filters of "ecsmctl get --help"',
  );
}

/** The filter that the flags stand for, with names of nodes and services looked up exactly. */
async function filterOf(invocation: Invocation, kind: PlatformKind, flags: GetFlags): Promise<PlatformFilter> {
  const platform = await invocation.platform();
  const options = { signal: invocation.signal };
  const node = flags.node ?? flags['node-id'];
  const nodeId = node === undefined ? undefined : nodes.idOf(await findRow(platform, nodes, node, options));
  const serviceId =
    flags.service === undefined ? undefined : services.idOf(await findRow(platform, services, flags.service, options));
  return {
    nodeId,
    serviceId,
    name: flags.name,
    imageId: flags['image-id'],
    pathLabel: flags['path-label'],
    os: flags.os,
    author: flags.author,
    basic: flags.basic,
    ...(kind.filters.includes('registryId') ? { registryId: flags['registry-id'] } : {}),
  };
}

/** Reads things of the platform: those named, or all that the filters leave. */
export async function listPlatform(
  invocation: Invocation,
  kind: PlatformKind,
  names: readonly string[] | undefined,
  flags: GetFlags,
): Promise<{ readonly items: readonly object[]; readonly failures: readonly unknown[] }> {
  checkFilters(kind, flags);
  checkSelectors(kind, flags);
  const platform = await invocation.platform();
  const filter = await filterOf(invocation, kind, flags);
  const { signal } = invocation;
  const items: object[] = [];
  const failures: unknown[] = [];
  if (names === undefined) {
    const options = { signal, page: flags.page, pageSize: flags['page-size'] };
    for await (const row of kind.list(platform, filter, options)) items.push(row);
  }
  for (const name of names ?? []) {
    try {
      items.push(await findRow(platform, kind, name, { signal, filter }));
    } catch (error) {
      if (presentError(error).exitCode !== exitCodes.notFound) throw error;
      if (!flags['ignore-not-found']) failures.push(error);
    }
  }
  const owned = await onlyOwned(invocation, kind, items);
  return { items: owned.map((item) => kind.publish?.(item) ?? item), failures };
}

/** With `-n`, only services and containers that an object of that namespace owns. */
async function onlyOwned(
  invocation: Invocation,
  kind: PlatformKind,
  items: readonly object[],
): Promise<readonly object[]> {
  const { namespaceGiven } = await invocation.settings();
  if (namespaceGiven === undefined || (kind.plural !== 'services' && kind.plural !== 'containers')) return items;
  const { ownedBy } = await import('../resources/ownership.js');
  return ownedBy(invocation, namespaceGiven, kind, items);
}
