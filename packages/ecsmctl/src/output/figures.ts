const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

/** What stands where the platform sends no figure. */
export const unknownFigure = '<unknown>';

/** A share of a whole in percent. */
export function share(part: number | undefined, whole: number | undefined): string {
  if (part === undefined || whole === undefined || whole <= 0) return unknownFigure;
  return `${Math.round((part / whole) * 100)}%`;
}

/** What is used, of what there is and what is free. */
export function used(total: number | undefined, free: number | undefined): number | undefined {
  return total === undefined || free === undefined ? undefined : total - free;
}

/** A percentage as it is. */
export function percent(value: number | undefined): string {
  return value === undefined ? unknownFigure : `${Math.round(value * 10) / 10}%`;
}

/** Bytes as MiB. */
export function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? unknownFigure : `${Math.round(bytes / mebibyte)}Mi`;
}

/** Bytes as GiB. */
export function gibibytes(bytes: number | undefined): string {
  return bytes === undefined ? unknownFigure : `${(bytes / gibibyte).toFixed(2)}Gi`;
}
