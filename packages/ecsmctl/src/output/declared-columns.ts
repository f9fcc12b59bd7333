import { readPath, type ApiObject, type KindDefinition, type PrinterColumn } from '@ecsm/api-types';

import { formatAge } from './age.js';
import { cellText } from './cell-text.js';
import type { Column } from './column.js';

function cell(column: PrinterColumn, object: ApiObject, nowMs: () => number): string | undefined {
  const found: unknown = typeof column.value === 'string' ? readPath(object, column.value) : column.value(object);
  if (column.format === 'age') return formatAge(typeof found === 'string' ? found : undefined, nowMs());
  return cellText(found);
}

/** The columns of a declared kind: its name, then what its definition says; users' own kinds get an AGE at least. */
export function declaredColumns(kind: KindDefinition, nowMs: () => number): readonly Column<ApiObject>[] {
  const own: readonly PrinterColumn[] =
    kind.printerColumns.length > 0
      ? kind.printerColumns
      : [{ name: 'AGE', value: '.metadata.creationTimestamp', format: 'age' }];
  return [
    { heading: 'NAME', value: (object) => object.metadata.name },
    ...own.map((column) => ({
      heading: column.name,
      value: (object: ApiObject) => cell(column, object, nowMs),
      ...(column.wide === true ? { wide: true } : {}),
    })),
  ];
}
