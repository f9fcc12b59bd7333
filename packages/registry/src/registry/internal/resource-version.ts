import { BadRequestError, TimeoutError } from '@ecsm/api-types';

/**
 * The revision a resourceVersion stands for; 0 for `"0"`, which means any.
 *
 * @throws BadRequestError when the text is none
 */
export function parseResourceVersion(text: string): number {
  if (/^(?:0|[1-9]\d{0,15})$/.test(text)) {
    const revision = Number(text);
    if (Number.isSafeInteger(revision)) return revision;
  }
  throw new BadRequestError({
    message: `resourceVersion ${JSON.stringify(text)} is none: use one that came with an object or a list`,
  });
}

/**
 * The failure of a read that asks for a state newer than the newest.
 *
 * It is a timeout because that is what waiting for it would end in; the revision comes from another store, or from one
 * that has lost its latest revisions.
 */
export function tooNew(asked: number, newest: number): TimeoutError {
  return new TimeoutError({
    message: `resourceVersion ${asked} is too large: the newest is ${newest}; list again without one`,
  });
}
