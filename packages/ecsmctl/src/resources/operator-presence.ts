import { existsSync } from 'node:fs';

import { Lease } from '@ecsm/api-types';

import type { Invocation } from '../cli/invocation.js';

/** Name of the operator's Lease. */
const leaseName = 'ecsm-operator';

/**
 * Whether an operator leads on the registry: while it does, it keeps the lock database beside the file locked, or renews its
 * Lease. What cannot be found out, as where the lock may not be read, counts as running.
 */
export async function isOperatorRunning(invocation: Invocation): Promise<boolean> {
  return (await isLockHeld(`${await invocation.registryPath()}.lock`)) || (await isLeaseHeld(invocation));
}

/** Of operators with `leaderElection: lease`; the others renew none and name no duration. */
async function isLeaseHeld(invocation: Invocation): Promise<boolean> {
  const { clock, signal } = invocation;
  const leases = (await invocation.registry()).resource(Lease);
  const { items } = await leases.list({ fieldSelector: `metadata.name=${leaseName}`, signal });
  return items.some(({ spec: { renewTime, leaseDurationSeconds } }) =>
    renewTime === undefined || leaseDurationSeconds === undefined
      ? false
      : Date.parse(renewTime) + leaseDurationSeconds * 1000 > clock.now(),
  );
}

async function isLockHeld(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  const { default: Database } = await import('better-sqlite3');
  try {
    const lock = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      lock.prepare('SELECT count(*) FROM sqlite_master').get();
    } finally {
      lock.close();
    }
  } catch (error) {
    const { code = '' } = error as { readonly code?: string };
    return ['SQLITE_BUSY', 'SQLITE_CANTOPEN', 'SQLITE_PERM'].some((prefix) => code.startsWith(prefix));
  }
  return false;
}

/** Completes a sentence that no operator is running: one that nobody has to choose leaves nothing by which it could be seen. */
export const onThisRegistry = 'on this registry, unless one with leaderElection: none';

/** What to say to who waits in vain. */
export async function hintIfNoOperator(invocation: Invocation): Promise<string | undefined> {
  return (await isOperatorRunning(invocation)) ? undefined : `no operator is running ${onThisRegistry}`;
}
