import { slept, type ApiObject, type Stored } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import { presentError } from '../cli/present-error.js';
import type { getFlags } from '../definitions/get.js';
import type { OutputFormat } from '../output/output-format.js';
import { groupOf, groupTable, printItems, type ItemGroup } from '../output/print-items.js';
import type { TableLayout } from '../output/table.js';
import { clientOf, selectorsOf } from '../resources/declared-objects.js';
import type { PlatformKind } from '../resources/platform-kind.js';
import type { Target } from '../resources/targets.js';
import { checkDeclaredFilters } from './check-filters.js';
import { columnsFor } from './get.js';
import { listPlatform } from './get-platform.js';

type GetFlags = ValuesOf<typeof getFlags>;

/** How often a list of the platform is read again; it has no watch of its own. */
const platformPollMs = 2_000;

/** Prints items as they come, with headings once. */
class ChangePrinter {
  readonly #invocation: Invocation;
  readonly #format: OutputFormat;
  readonly #group: Omit<ItemGroup, 'items'>;
  readonly #layout: TableLayout = { widths: [] };
  #headings: boolean;

  constructor(invocation: Invocation, format: OutputFormat, group: Omit<ItemGroup, 'items'>, headings: boolean) {
    this.#invocation = invocation;
    this.#format = format;
    this.#group = group;
    this.#headings = headings;
  }

  async print(items: readonly object[]): Promise<void> {
    if (items.length === 0) return;
    const group = { ...this.#group, items };
    if (this.#format.type === 'table') {
      this.#invocation.print(
        await groupTable(this.#invocation, group, this.#format.wide, this.#headings, this.#layout),
      );
      this.#headings = false;
      return;
    }
    for (const item of items) {
      if (this.#format.type === 'yaml') this.#invocation.print('---\n');
      await printItems(this.#invocation, [{ ...group, items: [item] }], this.#format, { single: true });
    }
  }
}

async function watchDeclared(
  invocation: Invocation,
  target: Target,
  format: OutputFormat,
  flags: GetFlags,
): Promise<void> {
  if (target.type.world !== 'declared') return;
  const { kind } = target.type;
  checkDeclaredFilters(kind.plural, flags);
  const client = await clientOf(invocation, await invocation.registry(), kind, flags['all-namespaces']);
  const [name] = target.names ?? [];
  const byName = name === undefined ? undefined : `metadata.name=${name}`;
  const fields = [byName, flags['field-selector']].filter((each) => each !== undefined).join(',');
  const selectors = selectorsOf({ selector: flags.selector, 'field-selector': fields === '' ? undefined : fields });
  const group = groupOf({
    singular: kind.singular,
    items: [],
    columns: columnsFor(invocation, kind, flags),
    nameOf: ({ metadata }) => metadata.name,
  });
  const printer = new ChangePrinter(invocation, format, group, !flags['no-headers']);
  const { signal } = invocation;
  if (name !== undefined && !flags['ignore-not-found']) await client.get(name, { signal });
  const { items, resourceVersion } = await client.list({ ...selectors, signal });
  // The first objects come as one aligned table, what follows line by line.
  if (!flags['watch-only']) await printer.print(items);
  for await (const event of client.watch({ ...selectors, resourceVersion, signal })) {
    if (event.type === 'bookmark') continue;
    await printer.print([event.type === 'deleted' ? deleted(event.object) : event.object]);
  }
}

/** The last state of an object that is gone; tables show it as Terminating where the kind has such a word. */
function deleted(object: Stored<ApiObject>): ApiObject {
  const { deletionTimestamp = new Date(0).toISOString() } = object.metadata;
  return { ...object, metadata: { ...object.metadata, deletionTimestamp } };
}

async function watchPlatform(
  invocation: Invocation,
  kind: PlatformKind,
  names: readonly string[] | undefined,
  format: OutputFormat,
  flags: GetFlags,
): Promise<void> {
  const { singular, columns, nameOf } = kind;
  const printer = new ChangePrinter(invocation, format, { singular, columns, nameOf }, !flags['no-headers']);
  // What changes with every look, such as an up-time, is no news.
  const shown = columns.filter(({ heading, wide }) => wide !== true && heading !== 'UPTIME');
  let before: ReadonlyMap<string, string> | undefined;
  for await (const { items, failures } of looks(invocation, () => listPlatform(invocation, kind, names, flags))) {
    const isFirst = before === undefined;
    const [failure] = failures;
    if (failure !== undefined && isFirst) throw failure as Error;
    const now = new Map(items.map((item) => [kind.idOf(item), JSON.stringify(shown.map(({ value }) => value(item)))]));
    const changed = items.filter((item) => before?.get(kind.idOf(item)) !== now.get(kind.idOf(item)));
    if (!isFirst || !flags['watch-only']) await printer.print(changed);
    before = now;
  }
}

/**
 * What a look finds, again and again until the run is interrupted. A mistake in the line shows at the first look; what fails
 * later, a link that breaks mostly, may be whole again, so it is told once and tried again.
 */
async function* looks<T>(invocation: Invocation, look: () => Promise<T>): AsyncGenerator<T> {
  const { clock, signal, log } = invocation;
  yield await look();
  let isDown = false;
  while (await slept(clock, platformPollMs, { signal })) {
    let found: T;
    try {
      found = await look();
    } catch (error) {
      if (signal.aborted) return;
      if (!isDown) log.warn(`${presentError(error).message ?? ''}; it is tried again`);
      isDown = true;
      continue;
    }
    if (isDown) log.warn('the platform answers again');
    isDown = false;
    yield found;
  }
}

/** Prints what there is and then what changes, until the run is interrupted. */
export async function watch(
  invocation: Invocation,
  targets: readonly Target[],
  format: OutputFormat,
  flags: GetFlags,
): Promise<void> {
  const [target, second] = targets;
  if (target === undefined || second !== undefined) throw new UsageError('one type at a time can be watched');
  if ((target.names?.length ?? 0) > 1) throw new UsageError('one name or all can be watched');
  if (target.type.world === 'declared') await watchDeclared(invocation, target, format, flags);
  else await watchPlatform(invocation, target.type.kind, target.names, format, flags);
  invocation.signal.throwIfAborted();
}
