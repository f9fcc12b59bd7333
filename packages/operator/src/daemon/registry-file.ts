import { systemClock, type Clock } from '@ecsm/api-types';
import { Registry, SqliteStore } from '@ecsm/registry';

import type { Settings } from '../config/settings.js';
import { messageLine } from '../internal/message-line.js';
import { ObservedStore } from './observed-store.js';

/** The registry cannot be opened. */
export class RegistryFailure extends Error {
  override readonly name = 'RegistryFailure';
}

/** A registry in a file, with the layers that the daemon speaks to by themselves. */
export interface RegistryFile extends AsyncDisposable {
  readonly path: string;
  readonly sqlite: SqliteStore;
  readonly store: ObservedStore;
  readonly registry: Registry;
}

/**
 * Opens a registry so that it is known how its file fares.
 *
 * @throws RegistryFailure naming the file and the reason
 */
export async function openRegistryFile(
  path: string,
  { registryGroup: group }: Settings,
  clock: Clock = systemClock,
): Promise<RegistryFile> {
  try {
    const sqlite = await SqliteStore.open({ path, clock, ...(group === undefined ? {} : { group }) });
    const store = new ObservedStore(sqlite, clock);
    const registry = new Registry({ store, clock });
    return { path, sqlite, store, registry, [Symbol.asyncDispose]: () => registry.close() };
  } catch (error) {
    throw new RegistryFailure(`registry ${path} cannot be opened: ${messageLine(error)}`, { cause: error });
  }
}
