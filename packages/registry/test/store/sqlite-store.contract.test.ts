import { join } from 'node:path';
import { SqliteStore } from '@ecsm/registry';
import { describeStoreContract } from './store-contract.js';
import { temporaryFolder } from './helpers.js';

describeStoreContract('SqliteStore', async (clock) => {
  const folder = await temporaryFolder();
  const store = await SqliteStore.open({ path: join(folder.path, 'registry.db'), clock });
  return {
    store,
    dispose: async () => {
      await store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
});
