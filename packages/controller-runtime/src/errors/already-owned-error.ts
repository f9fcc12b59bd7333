import type { OwnerReference } from '@ecsm/api-types';

/** An object has another managing controller already; there can be one. */
export class AlreadyOwnedError extends Error {
  override readonly name = 'AlreadyOwnedError';
  /** Stable word for programs. */
  readonly code = 'ALREADY_OWNED';
  /** The reference that stands. */
  readonly owner: OwnerReference;

  constructor(object: string, owner: OwnerReference) {
    super(`${object} is already controlled by ${owner.kind} "${owner.name}"; an object has one controller at most`);
    this.owner = owner;
  }
}
