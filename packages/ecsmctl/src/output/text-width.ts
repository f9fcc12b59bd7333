import stringWidth from 'string-width';

const plain = /^[\x20-\x7e]*$/;

/** Columns a text takes on a terminal: wide characters take two, combining ones none. */
export function textWidth(text: string): number {
  // Most cells are plain ASCII, for which segmenting into graphemes is a waste.
  return plain.test(text) ? text.length : stringWidth(text);
}

/** The beginning of a text that fits a width, with `…` where it was cut. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const wide = textWidth(segment);
    if (used + wide > width - 1) break;
    cut += segment;
    used += wide;
  }
  return `${cut}…`;
}
