/** A resource version as it is kept: a number where it is a decimal, which is smaller and can be compared. */
export type CompactVersion = number | string;

/** Fifteen digits are exact as a number. */
const decimal = /^(0|[1-9]\d{0,14})$/;

export function compactVersion(resourceVersion: string): CompactVersion {
  return decimal.test(resourceVersion) ? Number(resourceVersion) : resourceVersion;
}

/** Whether `a` is known to be older than `b`; versions that are no decimals have no order. */
export function isOlder(a: CompactVersion, b: CompactVersion): boolean {
  return typeof a === 'number' && typeof b === 'number' && a < b;
}
