import { cutToWidth, measureFor } from './text-width.js';

/** How a table is laid out. */
export interface TableOptions {
  /** @defaultValue `true` */
  readonly headings?: boolean;
  /** Cut long cells so that a line fits this many characters; the first column and STATUS stay whole. */
  readonly fitWidth?: number | undefined;
  /** Dresses a cell, after its width was measured. */
  readonly paint?: ((cell: string, heading: string) => string) | undefined;
  /** Keeps the columns of lines that follow at least as wide as those before. */
  readonly layout?: TableLayout | undefined;
}

/** The widths that the lines of a table have had so far. */
export interface TableLayout {
  widths: readonly number[];
}

/** Spaces between columns; as kubectl's. */
const gap = 3;
/** No column is cut to less. */
const leastWidth = 8;

// A control character in a name must not move the cursor nor break the line.
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\p{Cc}]/gu, '\u{fffd}');
}

/** Narrows the widest columns until a line fits or nothing is left to narrow; what names a thing or its state stays whole. */
function fit(widths: number[], headings: readonly string[], available: number): void {
  const flexible = widths.map((_, index) => index).filter((index) => index > 0 && headings[index] !== 'STATUS');
  const widthOf = (index: number) => widths[index] ?? 0;
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1);
  for (let excess = total() - available; excess > 0; excess = total() - available) {
    const [widest, second] = [...flexible].sort((a, b) => widthOf(b) - widthOf(a));
    if (widest === undefined || widthOf(widest) <= leastWidth) return;
    const next = second === undefined || widthOf(second) === widthOf(widest) ? 0 : widthOf(second);
    widths[widest] = Math.max(next, widthOf(widest) - excess, leastWidth);
  }
}

/**
 * Lays rows out in aligned columns, three spaces apart, without blanks at line ends.
 *
 * @param headings - one for each column
 * @param rows - cells as text; an empty one shows as `<none>`
 */
export async function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): Promise<string> {
  const shown = rows.map((row) => headings.map((_, index) => oneLine(row[index] ?? '') || '<none>'));
  const all = options.headings === false ? shown : [headings, ...shown];
  const measure = await measureFor(all.flat());
  const { layout, fitWidth } = options;
  // One by one: a call takes only so many arguments, and a table may have more rows.
  const widths = headings.map((_, index) =>
    all.reduce((width, row) => Math.max(width, measure(row[index] ?? '')), layout?.widths[index] ?? 0),
  );
  if (fitWidth !== undefined) fit(widths, headings, fitWidth);
  if (layout !== undefined) layout.widths = widths;
  const lines = all.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        const text = cutToWidth(cell, width, measure);
        const painted = row === headings ? text : (options.paint?.(text, headings[index] ?? '') ?? text);
        return index === row.length - 1 ? painted : painted + ' '.repeat(width - measure(text) + gap);
      })
      .join(''),
  );
  return lines.map((line) => `${line}\n`).join('');
}
