import { ManualClock } from '@ecsm/api-types/testing';
import { MemoryStore, Registry, SqliteStore, type RegistrySettings, type Store } from '@ecsm/registry';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testScheme } from './kinds.js';

/** A registry under test with the clock it lives by. */
export interface TestRegistry extends AsyncDisposable {
  readonly registry: Registry;
  readonly clock: ManualClock;
  readonly store: Store;
}

/** Opens a fresh registry over one kind of store. */
export type OpenRegistry = (settings?: RegistrySettings) => Promise<TestRegistry>;

function assemble(
  store: Store,
  clock: ManualClock,
  settings: RegistrySettings,
  cleanUp: () => Promise<void>,
): TestRegistry {
  const registry = new Registry({ store, clock, scheme: testScheme, ...settings });
  return {
    registry,
    clock,
    store,
    async [Symbol.asyncDispose]() {
      await registry.close();
      await cleanUp();
    },
  };
}

/** A registry over each store there is. */
export const implementations: readonly { readonly name: string; readonly open: OpenRegistry }[] = [
  {
    name: 'MemoryStore',
    open: async (settings = {}) => {
      const clock = new ManualClock();
      return assemble(new MemoryStore({ clock }), clock, settings, async () => {});
    },
  },
  {
    name: 'SqliteStore',
    open: async (settings = {}) => {
      const clock = new ManualClock();
      const folder = await mkdtemp(join(tmpdir(), 'registry-'));
      const store = await SqliteStore.open({ path: join(folder, 'registry.db'), clock });
      return assemble(store, clock, settings, () => rm(folder, { recursive: true, force: true }));
    },
  },
];
