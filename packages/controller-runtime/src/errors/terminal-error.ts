/** How deep a chain of causes is searched: it may be a ring, or have no end. */
const maxDepth = 1000;

const brand = Symbol.for('@ecsm/controller-runtime/TerminalError');

/**
 * Ends the retries of a failed run: trying again would fail again until something changes.
 *
 * A later event for the key runs it as usual. Wrapped in another error's `cause` it still ends the retries.
 *
 * @example
 * ```ts
 * throw new TerminalError(`the disk class "${name}" does not exist: name one that the cluster offers`);
 * ```
 */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
  /** Stable word for programs. */
  readonly code = 'TERMINAL';
  /** Marks the class across copies of this package. */
  readonly [brand] = true;
}

/** Whether something thrown ends the retries: a {@link TerminalError}, or an error with one among its causes. */
export function isTerminalError(error: unknown): boolean {
  try {
    let each = error;
    for (let depth = 0; typeof each === 'object' && each !== null && depth < maxDepth; depth++) {
      if (brand in each) return true;
      each = 'cause' in each ? each.cause : undefined;
    }
  } catch {
    // What throws when it is looked at says nothing.
  }
  return false;
}
