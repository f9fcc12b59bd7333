import { Event, eventTypes } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { eventsFlags } from '../definitions/rollout.js';
import { parseOutputFormat } from '../output/output-format.js';
import { groupOf, groupTable, printItems, type ItemGroup } from '../output/print-items.js';
import type { TableLayout } from '../output/table.js';
import { nodes } from '../resources/platform-kinds.js';
import { parseTargets } from '../resources/targets.js';
import { columnsFor } from './get.js';

/** The types of a list such as `warning` or `Normal,Warning`, each once. @throws UsageError when there is no such type */
function typesOf(list: string): readonly string[] {
  const types = list.split(',').map((word) => {
    const type = eventTypes.find((each) => each.toLowerCase() === word.trim().toLowerCase());
    if (type === undefined) throw new UsageError(`--types does not know "${word}"`, `use ${eventTypes.join(' or ')}`);
    return type;
  });
  return [...new Set(types)];
}

/** What events are asked for, as a list takes it. */
async function queryOf(
  invocation: Invocation,
  flags: ValuesOf<typeof eventsFlags>,
): Promise<{ readonly namespace?: string; readonly fieldSelector?: string }> {
  const about = flags.for === undefined ? undefined : await subjectOf(invocation, flags.for);
  const [type, other] = flags.types === undefined ? [] : typesOf(flags.types);
  const fields = [...(about?.fields ?? []), ...(type !== undefined && other === undefined ? [`type=${type}`] : [])];
  const { namespace } = await invocation.settings();
  return {
    ...(flags['all-namespaces'] || about?.isNamespaced === false ? {} : { namespace }),
    ...(fields.length === 0 ? {} : { fieldSelector: fields.join(',') }),
  };
}

/** By which fields events are about what `--for` names, and whether they are of its namespace. */
async function subjectOf(
  invocation: Invocation,
  wanted: string,
): Promise<{ readonly fields: readonly string[]; readonly isNamespaced: boolean }> {
  const [target] = parseTargets([wanted], await invocation.scheme());
  const { type, names: [name] = [] } = target ?? {};
  if (type?.world === 'declared' && name !== undefined) {
    const fields = [`involvedObject.kind=${type.kind.kind}`, `involvedObject.name=${name}`];
    return { fields, isNamespaced: type.kind.scope === 'namespaced' };
  }
  // Operators tell of nodes by their names as the platform has them, which need not be names of objects.
  if (type?.kind === nodes && name !== undefined)
    return { fields: [`involvedObject.uid=Node:${name}`], isNamespaced: false };
  throw new UsageError(
    `--for "${wanted}" must name a declared object or a node: of others there are no events`,
    'for example --for es/web or --for node/worker-1',
  );
}

/** Lists events, the latest last, and goes on with `--watch`. */
export const events: Handler<typeof eventsFlags> = async (invocation, flags) => {
  const { signal } = invocation;
  const registry = await invocation.registry();
  const kind = (await invocation.scheme()).kindOf({ apiVersion: 'ecsm.sh/v1', kind: Event.kind });
  const query = { signal, ...(await queryOf(invocation, flags)) };
  const client = registry.resource(Event);
  const { items, resourceVersion } = await client.list(query);
  const sorted = [...items].sort((a, b) => (a.lastTimestamp < b.lastTimestamp ? -1 : 1));
  const columns = columnsFor(invocation, kind, flags).filter(({ heading }) => heading !== 'NAME');
  const group = (items: readonly Event[]): ItemGroup =>
    groupOf({ singular: kind.singular, items, columns, nameOf: ({ metadata }) => metadata.name });
  const format = parseOutputFormat(flags.output);
  const layout: TableLayout = { widths: [] };
  if (sorted.length > 0 && format.type === 'table')
    invocation.print(await groupTable(invocation, group(sorted), format.wide, !flags['no-headers'], layout));
  else if (sorted.length > 0 || format.type !== 'table') await printItems(invocation, [group(sorted)], format);
  else if (!flags.watch) invocation.note('No events found.\n');
  if (!flags.watch) return;
  for await (const event of client.watch({ ...query, resourceVersion })) {
    if (event.type !== 'added' && event.type !== 'modified') continue;
    if (format.type === 'table')
      invocation.print(await groupTable(invocation, group([event.object]), format.wide, false, layout));
    else await printItems(invocation, [group([event.object])], format, { headings: false, single: true });
  }
  signal.throwIfAborted();
};
