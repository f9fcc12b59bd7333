import type { Clock, Scheme } from '@ecsm/api-types';
import type { SqliteStoreOptions } from '../store/sqlite-store.js';
import type { Store } from '../store/store.js';

/** What a registry needs besides a store. */
export interface RegistrySettings {
  /**
   * The kinds the registry knows; add your own with `ecsmScheme.with(…)`.
   *
   * @defaultValue `ecsmScheme`
   */
  readonly scheme?: Scheme;
  /**
   * Where timestamps and deadlines come from.
   *
   * @defaultValue the machine's clock
   */
  readonly clock?: Clock;
  /**
   * Numbers from 0 up to but not including 1, for generated names.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: () => number;
}

/** Options of {@link Registry}. */
export interface RegistryOptions extends RegistrySettings {
  /** Where everything is kept. The registry closes it when it is closed itself. */
  readonly store: Store;
}

/** Options of {@link Registry.open}. */
export interface OpenRegistryOptions extends RegistrySettings, Omit<SqliteStoreOptions, keyof RegistrySettings> {
  /**
   * Whether to make the file where there is none. Without it, a missing file is an error, never an empty registry.
   *
   * @defaultValue `true`, and `false` with `readonly`
   */
  readonly create?: boolean;
}
