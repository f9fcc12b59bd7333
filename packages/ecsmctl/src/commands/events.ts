import { Event, eventTypes } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { eventsFlags } from '../definitions/rollout.js';
import { parseOutputFormat } from '../output/output-format.js';
import { groupTable, printItems, type ItemGroup } from '../output/print-items.js';
import type { TableLayout } from '../output/table.js';
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

async function fieldSelector(invocation: Invocation, flags: ValuesOf<typeof eventsFlags>): Promise<string | undefined> {
  const parts: string[] = [];
  if (flags.for !== undefined) {
    const [target] = parseTargets([flags.for], await invocation.scheme());
    const [name] = target?.names ?? [];
    if (target?.type.world !== 'declared' || name === undefined) {
      throw new UsageError(`--for "${flags.for}" must name a declared object`, 'for example --for es/web');
    }
    parts.push(`involvedObject.kind=${target.type.kind.kind}`, `involvedObject.name=${name}`);
  }
  const [type, other] = flags.types === undefined ? [] : typesOf(flags.types);
  if (type !== undefined && other === undefined) parts.push(`type=${type}`);
  return parts.length === 0 ? undefined : parts.join(',');
}

/** Lists events, the latest last, and goes on with `--watch`. */
export const events: Handler<typeof eventsFlags> = async (invocation, flags) => {
  const { signal } = invocation;
  const registry = await invocation.registry();
  const kind = (await invocation.scheme()).kindOf({ apiVersion: 'ecsm.sh/v1', kind: Event.kind });
  const { namespace } = await invocation.settings();
  const selector = await fieldSelector(invocation, flags);
  const query = {
    signal,
    ...(flags['all-namespaces'] ? {} : { namespace }),
    ...(selector === undefined ? {} : { fieldSelector: selector }),
  };
  const client = registry.resource(Event);
  const { items, resourceVersion } = await client.list(query);
  const sorted = [...items].sort((a, b) => (a.lastTimestamp < b.lastTimestamp ? -1 : 1));
  const columns = columnsFor(invocation, kind, { ...flags, 'show-labels': false }).filter(
    ({ heading }) => heading !== 'NAME',
  );
  const group = (shown: readonly Event[]): ItemGroup => ({
    singular: kind.singular,
    items: shown,
    columns: columns as never,
    nameOf: (item) => (item as Event).metadata.name,
  });
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
};
