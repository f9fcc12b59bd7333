export { MemoryStore, type MemoryStoreOptions } from '../store/memory-store.js';
