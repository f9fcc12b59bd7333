/** Tells how many columns a text takes on a terminal: wide characters take two, combining ones none. */
export type MeasureText = (text: string) => number;

const plain = /^[\x20-\x7e]*$/;

/**
 * A measure for these texts. Most output is plain ASCII, for which a length will do; what knows about the others is loaded
 * only where there are any, since it costs a good part of the time this program takes to start.
 */
export async function measureFor(texts: readonly string[]): Promise<MeasureText> {
  if (texts.every((text) => plain.test(text))) return (text) => text.length;
  const { default: stringWidth } = await import('string-width');
  return (text) => (plain.test(text) ? text.length : stringWidth(text));
}

/** The beginning of a text that fits a width, with `…` where it was cut. */
export function cutToWidth(text: string, width: number, measure: MeasureText): string {
  if (measure(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const wide = measure(segment);
    if (used + wide > width - 1) break;
    cut += segment;
    used += wide;
  }
  return `${cut}…`;
}
