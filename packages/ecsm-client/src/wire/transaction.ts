import type { OpenString } from './open-string.js';

/** Words seen in {@link Transaction.status}. */
export const transactionStatuses = ['running', 'failure', 'success'] as const;
/** One of {@link transactionStatuses}, or a word no source mentions. */
export type TransactionStatus = OpenString<(typeof transactionStatuses)[number]>;

/** Handle of an asynchronous job. No call to ask for its progress is known: observe the resource instead. */
export interface Transaction {
  readonly id: string;
  readonly status: TransactionStatus;
  readonly data: unknown;
  /** Unit unknown. */
  readonly timestamp: number;
}
