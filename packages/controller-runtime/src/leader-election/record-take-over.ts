import {
  apiVersionOf,
  isAlreadyExistsError,
  isConflictError,
  isNotFoundError,
  Lease,
  type Clock,
  type ObjectKey,
  type ResourceClients,
} from '@ecsm/api-types';

/** What {@link recordTakeOver} needs. */
export interface TakeOver {
  readonly clients: ResourceClients;
  readonly key: ObjectKey & { readonly namespace: string };
  readonly identity: string;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** Writes into a Lease that this process leads now, and returns how often the lead has changed hands. */
export async function recordTakeOver({ clients, key, identity, clock, signal }: TakeOver): Promise<number> {
  const leases = clients.resource(Lease);
  const options = signal === undefined ? {} : { signal };
  const now = new Date(clock.now()).toISOString();
  const taken = { holderIdentity: identity, acquireTime: now, renewTime: now };
  for (;;) {
    try {
      const before = await leases.get(key, options);
      const leaseTransitions = (before.spec.leaseTransitions ?? 0) + (before.spec.holderIdentity === identity ? 0 : 1);
      await leases.update({ ...before, spec: { ...before.spec, ...taken, leaseTransitions } }, options);
      return leaseTransitions;
    } catch (error) {
      // Somebody edits the record, which decides nothing: redo it on what he left.
      if (isConflictError(error)) continue;
      if (!isNotFoundError(error)) throw error;
    }
    try {
      const spec = { ...taken, leaseTransitions: 0 };
      await leases.create({ apiVersion: apiVersionOf(Lease), kind: Lease.kind, metadata: key, spec }, options);
      return 0;
    } catch (error) {
      if (!isAlreadyExistsError(error)) throw error;
    }
  }
}
