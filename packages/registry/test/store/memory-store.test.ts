import { MemoryStore } from '@ecsm/registry';
import { describeStoreContract } from './store-contract.js';

describeStoreContract('MemoryStore', async (clock) => {
  const store = new MemoryStore({ clock });
  return { store, dispose: () => store.close() };
});
