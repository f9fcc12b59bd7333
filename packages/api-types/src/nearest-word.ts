/**
 * The word that was probably meant, for the hint of an error about a word that is not known; `undefined` when none is near.
 * At most a third of its letters differ.
 */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const most = Math.max(1, Math.floor(candidate.length / 3));
    // A word may come from outside and be very long.
    if (Math.abs(word.length - candidate.length) > most) continue;
    const found = distance(word.toLowerCase(), candidate.toLowerCase());
    if (found <= most && (best === undefined || found < best.distance)) {
      best = { word: candidate, distance: found };
    }
  }
  return best?.word;
}

/** The way out for a word that is not known: the one that was probably meant, or else all there are. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (known.length === 1) return `there is only ${known.join()}`;
  return known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
}

/** How many letters must be changed, added, left out or swapped with their neighbour to make one word another. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          (rows[i - 1]?.[j - 1] ?? 0) + (same ? 0 : 1),
          (rows[i - 1]?.[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          swapped ? (rows[i - 2]?.[j - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
