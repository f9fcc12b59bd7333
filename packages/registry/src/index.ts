// Stores: keys, values and revisions
export type {
  Store,
  StoreCheck,
  StoreCommit,
  StoreEntry,
  StoreEvent,
  StoreKey,
  StorePage,
  StoreRange,
  StoreStats,
  StoreValue,
  StoreVersion,
  StoreWatchOptions,
  StoreWrite,
} from './store/store.js';
export { MemoryStore, type MemoryStoreOptions } from './store/memory-store.js';

// Failures of stores
export { RevisionMismatchError, isRevisionMismatchError } from './errors/revision-mismatch-error.js';
export { StoreClosedError, isStoreClosedError } from './errors/store-closed-error.js';
