import { cutToWidth, textWidth } from './text-width.js';

/** How a table is laid out. */
export interface TableOptions {
  /** @defaultValue `true` */
  readonly headings?: boolean;
  /** Cut long cells so that a line fits this many characters; the first column stays whole. */
  readonly fitWidth?: number | undefined;
  /** Dresses a cell, after its width was measured. */
  readonly paint?: ((cell: string, heading: string) => string) | undefined;
}

/** Spaces between columns; as kubectl's. */
const gap = 3;
/** No column is cut to less. */
const leastWidth = 8;

// A control character in a name must not move the cursor nor break the line.
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\p{Cc}]/gu, '\u{fffd}');
}

/** Narrows the widest columns, never the first one, until a line fits or nothing is left to narrow. */
function fit(widths: number[], available: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1);
  for (let excess = total() - available; excess > 0; excess = total() - available) {
    const widest = Math.max(...widths.slice(1));
    if (widest <= leastWidth) return;
    const second = Math.max(leastWidth, ...widths.slice(1).filter((width) => width < widest));
    widths[widths.lastIndexOf(widest)] = Math.max(second, widest - excess, leastWidth);
  }
}

/**
 * Lays rows out in aligned columns, three spaces apart, without blanks at line ends.
 *
 * @param headings - one for each column
 * @param rows - cells as text; an empty one shows as `<none>`
 */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const shown = rows.map((row) => headings.map((_, index) => oneLine(row[index] ?? '') || '<none>'));
  const all = options.headings === false ? shown : [headings, ...shown];
  const widths = headings.map((_, index) =>
    all.reduce((width, row) => Math.max(width, textWidth(row[index] ?? '')), 0),
  );
  if (options.fitWidth !== undefined) fit(widths, options.fitWidth);
  const lines = all.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        const text = cutToWidth(cell, width);
        const painted = row === headings ? text : (options.paint?.(text, headings[index] ?? '') ?? text);
        return index === row.length - 1 ? painted : painted + ' '.repeat(width - textWidth(text) + gap);
      })
      .join(''),
  );
  return lines.map((line) => `${line}\n`).join('');
}
