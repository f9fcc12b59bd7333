import { leaseSchema } from '../generated/schemas.js';
import { validateLease } from '../generated/validators.js';
import { defineKind, type KindDefinition } from '../kind-definition.js';
import type { Lease as LeaseObject } from './lease.js';

/** A lease: the record of leader election. */
export type Lease = LeaseObject;

/** The kind of leases. */
export const Lease: KindDefinition<LeaseObject> = defineKind<LeaseObject>({
  group: 'ecsm.sh',
  version: 'v1',
  kind: 'Lease',
  description: 'Who holds something that only one may hold.',
  schema: leaseSchema,
  validateSchema: validateLease,
  printerColumns: [
    { name: 'HOLDER', value: '.spec.holderIdentity' },
    { name: 'TRANSITIONS', value: '.spec.leaseTransitions', format: 'number', wide: true },
    { name: 'AGE', value: '.metadata.creationTimestamp', format: 'age' },
  ],
});
