import type { Invocation } from '../cli/invocation.js';
import type { Column } from './column.js';
import type { OutputFormat } from './output-format.js';
import { paintStatus } from './paint.js';
import { toJson, toYaml } from './serialize.js';
import { formatTable, type TableLayout } from './table.js';

/**
 * Things of one kind to be printed.
 *
 * @typeParam T - one thing
 */
export interface ItemGroup<T extends object = object> {
  /** Goes before the `/` of `-o name`; absent where the name alone is what other commands take. */
  readonly singular?: string;
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly nameOf: (item: T) => string;
}

/** A group without saying what its items are: it is only ever asked about its own, so a list of groups need not know. */
export function groupOf<T extends object>(group: ItemGroup<T>): ItemGroup {
  return group as object as ItemGroup;
}

/** What a table of items shows. */
export interface PrintOptions {
  readonly headings?: boolean;
  /** Whether one thing was asked for by name: it is then printed alone, else as a List. */
  readonly single?: boolean;
}

/** The cells of a group as a table of the width that stdout has. */
export async function groupTable<T extends object>(
  invocation: Invocation,
  group: ItemGroup<T>,
  wide: boolean,
  headings: boolean,
  layout?: TableLayout,
): Promise<string> {
  const columns = group.columns.filter((column) => wide || column.wide !== true);
  const { stdout } = invocation.io;
  return formatTable(
    columns.map(({ heading }) => heading),
    group.items.map((item) => columns.map(({ value }) => String(value(item) ?? ''))),
    {
      headings,
      layout,
      fitWidth: stdout.isTerminal === true && !wide ? (stdout.columns ?? 80) : undefined,
      paint: (cell, heading) => paintStatus(invocation.paint, cell, heading),
    },
  );
}

/** Prints groups of items in the format asked for. */
export async function printItems(
  invocation: Invocation,
  groups: readonly ItemGroup[],
  format: OutputFormat,
  options: PrintOptions = {},
): Promise<void> {
  const headings = options.headings ?? true;
  const items = groups.flatMap((group) => group.items);
  const [first] = items;
  const whole = options.single === true && items.length === 1 && first !== undefined ? first : listOf(items);
  switch (format.type) {
    case 'table': {
      const tables = groups
        .filter((group) => group.items.length > 0)
        .map((group) => groupTable(invocation, groups.length > 1 ? withPrefix(group) : group, format.wide, headings));
      invocation.print((await Promise.all(tables)).join('\n'));
      return;
    }
    case 'name':
      for (const group of groups) {
        for (const item of group.items) invocation.print(`${prefixOf(group)}${group.nameOf(item)}\n`);
      }
      return;
    case 'json':
      invocation.print(toJson(whole));
      return;
    case 'yaml':
      invocation.print(await toYaml(whole));
      return;
    case 'jsonpath': {
      const { renderJsonPath } = await import('./jsonpath.js');
      invocation.print(renderJsonPath(format.template, whole));
      return;
    }
    case 'custom-columns': {
      const { parseCustomColumns } = await import('./custom-columns.js');
      const columns = parseCustomColumns(format.template);
      const [group] = groups;
      if (group !== undefined) {
        invocation.print(await groupTable(invocation, { ...group, items, columns }, true, headings));
      }
      return;
    }
  }
}

/** Several things as one, as `kubectl get -o json` prints them. */
export function listOf(items: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'List', items };
}

function prefixOf({ singular }: Pick<ItemGroup, 'singular'>): string {
  return singular === undefined ? '' : `${singular}/`;
}

/** With several kinds in one answer, names say which they are of. */
function withPrefix(group: ItemGroup): ItemGroup {
  // A label may have the same heading, further right.
  const at = group.columns.findIndex(({ heading }) => heading === 'NAME');
  const columns = group.columns.map((column, index) =>
    index === at ? { ...column, value: (item: object) => `${prefixOf(group)}${String(column.value(item))}` } : column,
  );
  return { ...group, columns };
}
