import { ConflictError } from '@ecsm/api-types';
import type { StoreCheck, StoreKey } from '../store/store.js';

/** A key no longer has the revision that a commit demanded: nothing was written; read again and redo the change. */
export class RevisionMismatchError extends ConflictError {
  readonly key: StoreKey;
  /** The revision demanded; 0 for a key that should not have been there. */
  readonly expected: number;
  /** The revision found; 0 when the key is not there, `undefined` where the store does not know. */
  readonly actual: number | undefined;

  constructor(check: StoreCheck, actual: number | undefined) {
    const { kind, namespace, name } = check.key;
    const path = namespace === '' ? name : `${namespace}/${name}`;
    super({
      message: `${kind} "${path}" is not at revision ${check.revision} but at ${actual ?? 'another one'}: somebody else changed it in between`,
      details: { kind, ...(namespace === '' ? {} : { namespace }), name },
    });
    this.key = check.key;
    this.expected = check.revision;
    this.actual = actual;
  }
}

/** Whether something thrown is a {@link RevisionMismatchError}. */
export function isRevisionMismatchError(error: unknown): error is RevisionMismatchError {
  return error instanceof RevisionMismatchError;
}
