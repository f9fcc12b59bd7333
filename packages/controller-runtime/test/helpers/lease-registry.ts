import { ecsmScheme, Lease, type AnyKind } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { MemoryStore, Registry } from '@ecsm/registry';

/** A registry in memory with a clock, and the lease that tests compete for. */
export function leaseRegistry(kinds: readonly AnyKind[] = []) {
  const clock = new ManualClock();
  const registry = new Registry({ store: new MemoryStore({ clock }), clock, scheme: ecsmScheme.with(...kinds) });
  const leases = registry.resource(Lease);
  const key = { namespace: 'default', name: 'lead' };
  return { clock, registry, leases, key, read: async () => (await leases.get(key)).spec };
}
