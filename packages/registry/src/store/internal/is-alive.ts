import type { StoreEntry } from '../store.js';

/** Whether an entry has not expired: readers take one that has for gone, also before a write removes it. */
export function isAlive(entry: Pick<StoreEntry, 'expiresAtMs'>, nowMs: number): boolean {
  return entry.expiresAtMs === undefined || entry.expiresAtMs > nowMs;
}
