import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fchmodSync, fchownSync, fstatSync, openSync, statSync } from 'node:fs';
import { hostname } from 'node:os';

import { LeaseLock, type LeaderLock } from '@ecsm/controller-runtime';
import { SqliteLock } from '@ecsm/controller-runtime/sqlite-lock';

import type { Settings } from '../config/settings.js';
import type { RegistryFile } from './registry-file.js';

/** Name of the lock and of the Lease that says who leads. */
const name = 'ecsm-operator';
/**
 * Shorter than usual, so that another process leads within 15 s of a leader's death: it may have renewed just before,
 * and the waiting process asks every two seconds.
 */
const leaseDurationMs = 11_000;
const renewDeadlineMs = 8000;
/** How often a waiting process tries the lock beside the file; the promise is to lead within 2 s of a leader's death. */
const retryPeriodMs = 500;

/** The lock that lets one of several operators on a registry work, as the settings say; `undefined` for none. */
export function leaderLock({ leaderElection }: Settings, { path, registry }: RegistryFile): LeaderLock | undefined {
  // Readable, so that the Lease says which process of which machine leads.
  const identity = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  switch (leaderElection) {
    case 'sqlite':
      makeLockFile(path);
      return new SqliteLock({ path: `${path}.lock`, clients: registry, name, identity, retryPeriodMs });
    case 'lease':
      return new LeaseLock({ clients: registry, name, identity, leaseDurationMs, renewDeadlineMs });
    case 'none':
      return undefined;
  }
}

/** Whoever may open the lock can keep others from leading: it is made for the same users as the registry, and for all of them. */
function makeLockFile(path: string): void {
  const lockPath = `${path}.lock`;
  if (existsSync(lockPath)) return;
  const { mode, gid } = statSync(path);
  const file = openSync(lockPath, 'a', 0o600);
  try {
    const own = fstatSync(file);
    if (own.gid !== gid) fchownSync(file, own.uid, gid);
    fchmodSync(file, mode & 0o777);
  } finally {
    closeSync(file);
  }
}
