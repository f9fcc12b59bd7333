/** Tells somebody who only listens: whoever counts or reports must not be able to end anything by failing himself. */
export function quietly(tell: () => void): void {
  try {
    tell();
  } catch {
    // Nobody else is to be told.
  }
}
