import { hasBrand } from '@ecsm/api-types';

const brand = Symbol.for('@ecsm/registry/StoreFileError');

/** What can be wrong with the file of a store. */
export const storeFileErrorCodes = [
  'StoreMissing',
  'ForeignFile',
  'NewerSchema',
  'CorruptStore',
  'NetworkFileSystem',
  'StoreReplaced',
] as const;

/** Which of them it is. */
export type StoreFileErrorCode = (typeof storeFileErrorCodes)[number];

/** Base of the failures that lie in the file of a store: a retry is of no use before somebody has seen to it. */
export abstract class StoreFileError extends Error {
  override readonly name: string = 'StoreFileError';
  /** Stable word for programs. */
  abstract readonly code: StoreFileErrorCode;
  readonly path: string;
  /** Marks the class across copies of this package. */
  readonly [brand] = true;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`registry file ${path} ${problem}`, options);
    this.path = path;
  }
}

/** Whether something thrown is a {@link StoreFileError}, also of another copy of this package. */
export function isStoreFileError(error: unknown): error is StoreFileError {
  return hasBrand(error, brand);
}
