import { formatKey, keyOf, type ApiObject } from '@ecsm/api-types';

import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { applyFlags } from '../definitions/write.js';
import { dryRunSuffix } from '../resources/write-options.js';

/** Deletes objects of the kinds and namespaces just applied that match the selector and were not among the documents. */
export async function prune(
  invocation: Invocation,
  applied: readonly ApiObject[],
  flags: ValuesOf<typeof applyFlags>,
): Promise<void> {
  const { signal } = invocation;
  const registry = await invocation.writableRegistry();
  const scheme = await invocation.scheme();
  const { namespace } = await invocation.settings();
  const labelSelector = flags.selector ?? '';
  const dryRun = flags['dry-run'] !== 'none';
  for (const kind of new Set(applied.map((object) => scheme.kindOf(object)))) {
    const own = applied.filter((object) => scheme.kindOf(object) === kind);
    const kept = new Set(own.map(({ metadata }) => formatKey({ namespace, ...metadata })));
    for (const each of new Set(own.map(({ metadata }) => metadata.namespace ?? namespace))) {
      const client = registry.resource(kind).namespace(each);
      const { items } = await client.list({ labelSelector, signal });
      for (const item of items.filter((found) => !kept.has(formatKey(keyOf(found))))) {
        await client.delete(item.metadata.name, { dryRun, signal });
        invocation.print(`${kind.singular}/${item.metadata.name} pruned${dryRunSuffix(flags)}\n`);
      }
    }
  }
}
