import type { Clock, Scheme } from '@ecsm/api-types';
import type { Store } from '../../store/store.js';
import type { KindBinding } from './kind-binding.js';

/** What the operations of one registry share. */
export interface RegistryContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly scheme: Scheme;
  /** A number from 0 up to but not including 1, for generated names. */
  readonly random: () => number;
  /** The binding of the kind an object says it is of, or `undefined` for kinds the scheme does not know. */
  readonly bindingOf: (apiVersion: string, kind: string) => KindBinding | undefined;
  /** The binding of the kind that is stored under a name, or `undefined` for kinds the scheme does not know. */
  readonly bindingOfResource: (resource: string) => KindBinding | undefined;
}

/** The time as objects carry it: RFC 3339, UTC, whole seconds as in Kubernetes. */
export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
}
