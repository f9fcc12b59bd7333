import { BadRequestError, ExpiredError } from '@ecsm/api-types';
import { behindRevision, isBehind, type LogPosition } from './change-log.js';

/**
 * Makes sure that all changes behind a position can be told.
 *
 * @throws ExpiredError when some are no longer kept, or the position is of another history
 */
export function assertKept(after: LogPosition, compactRevision: number, newest: number): void {
  // A position amid the writes of the last forgotten revision misses the rest of them.
  if (isBehind(behindRevision(compactRevision), after)) {
    throw new ExpiredError({
      message: `changes after revision ${after.revision} are no longer kept, only those after ${compactRevision}: list again and watch from the list's revision`,
    });
  }
  if (after.revision > newest) {
    throw new ExpiredError({
      message: `revision ${after.revision} is newer than the store, which is at ${newest}: it was read from another store or one that was put back since; list again and watch from the list's revision`,
    });
  }
}

/**
 * Makes sure that the change log can be dropped up to a revision.
 *
 * @throws BadRequestError when it has been dropped further, or the revision is still to come
 */
export function assertCompactable(revision: number, compactRevision: number, newest: number): void {
  if (revision >= compactRevision && revision <= newest) return;
  throw new BadRequestError({
    message: `the change log cannot be compacted up to revision ${revision}: it must lie between ${compactRevision}, up to which it has been, and the newest, ${newest}`,
  });
}
