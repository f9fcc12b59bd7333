// The declared world
export { Registry } from './registry/registry.js';
export type { OpenRegistryOptions, RegistryOptions, RegistrySettings } from './registry/registry-options.js';
export type { Resource } from './registry/resource.js';
export type { AnyManifest, ApplyAllOptions, ApplyAllResult } from './registry/apply-all.js';
export { retryOnConflict, type RetryOnConflictOptions } from './registry/retry-on-conflict.js';
export {
  resolveRegistryPath,
  systemRegistryPath,
  type RegistryPath,
  type RegistryPathInputs,
} from './registry/registry-path.js';

// Stores: keys, values and revisions
export type {
  Store,
  StoreCheck,
  StoreCommit,
  StoreContent,
  StoreEntry,
  StoreEvent,
  StoreFound,
  StoreGetOptions,
  StoreKey,
  StoreListed,
  StoreMemory,
  StorePage,
  StoreRange,
  StoreStats,
  StoreValue,
  StoreVersion,
  StoreWatchOptions,
  StoreWrite,
} from './store/store.js';
export { MemoryStore, type MemoryStoreOptions } from './store/memory-store.js';
export { SqliteStore, type BackupResult, type RevisionsLost, type SqliteStoreOptions } from './store/sqlite-store.js';
export { makeFolder } from './store/make-folder.js';
export { restoreBackup, type RestoreBackupOptions } from './store/restore-backup.js';
export { backupStoreFile, checkStoreFile, type BackupStoreFileOptions } from './store/store-file.js';

// Failures of stores
export { RevisionMismatchError, isRevisionMismatchError } from './errors/revision-mismatch-error.js';
export { StoreClosedError, isStoreClosedError } from './errors/store-closed-error.js';
export {
  StoreFileError,
  isStoreFileError,
  storeFileErrorCodes,
  type StoreFileErrorCode,
} from './errors/store-file-error.js';
export { CorruptStoreError } from './errors/corrupt-store-error.js';
export { ForeignFileError } from './errors/foreign-file-error.js';
export { NetworkFileSystemError } from './errors/network-file-system-error.js';
export { NewerSchemaError } from './errors/newer-schema-error.js';
export { StoreMissingError } from './errors/store-missing-error.js';
export { StoreReplacedError } from './errors/store-replaced-error.js';
