import { UsageError } from '../cli/cli-error.js';
import { cellText } from './cell-text.js';
import type { Column } from './column.js';
import { findValues } from './jsonpath.js';

/** Reads `NAME:.metadata.name,IMAGE:.spec.template.image`. @throws UsageError when a part has no heading or path */
export function parseCustomColumns(template: string): readonly Column<object>[] {
  return template.split(',').map((part) => {
    const separator = part.indexOf(':');
    const heading = part.slice(0, Math.max(0, separator)).trim();
    const path = part.slice(separator + 1).trim();
    if (heading === '' || path === '') {
      throw new UsageError(`the custom column "${part}" must be HEADING:PATH`, 'for example NAME:.metadata.name');
    }
    return {
      heading,
      value: (item) =>
        findValues(path, item)
          .map((value) => cellText(value) ?? '')
          .join(','),
    };
  });
}
