import type { Clock, ECSMService, Stored } from '@ecsm/api-types';

import type { Dependencies } from './dependencies.js';
import type { Announce } from './events.js';
import type { ServiceMemory } from './service-memory.js';

/** How long after a deletion its dependents may be told to go too, as when a namespace is emptied: milliseconds. */
const companyGraceMs = 1000;
/** How soon it is looked again whether dependents are gone, at the latest: milliseconds. */
const stillThereMs = 5000;

/** Why an object that is being deleted has to stay for now. */
export interface Hold {
  /** When to ask again: milliseconds. */
  readonly againMs: number;
  /** In words; absent while nobody knows yet. */
  readonly reason?: string;
}

/**
 * Whether an object that is being deleted has to wait for others that depend on it and are being deleted too; `undefined` once
 * it may go. One that is deleted alone goes, and a warning names those who will miss it.
 */
export async function holdForDependents(
  object: Stored<ECSMService>,
  memory: ServiceMemory,
  dependencies: Dependencies,
  clock: Clock,
  announce: Announce,
): Promise<Hold | undefined> {
  if (memory.isGoing) return undefined;
  const seenMs = (memory.deletionSeenMs ??= clock.monotonicNow());
  const { goingFirst, staying } = await dependencies.dependents(object);
  if (goingFirst.length > 0) {
    const reason = `waits until ${goingFirst.join(', ')} is gone, which depends on it`;
    if (!memory.isHeld) announce('Normal', 'WaitingForDependents', reason);
    memory.isHeld = true;
    return { againMs: stillThereMs, reason };
  }
  const companyMs = seenMs + companyGraceMs - clock.monotonicNow();
  if (staying.length > 0 && companyMs > 0) return { againMs: companyMs };
  memory.isGoing = true;
  const who = staying.length === 1 ? 'depends on it and stays' : 'depend on it and stay';
  if (staying.length > 0) {
    announce('Warning', 'DependentsRemain', `it is deleted although ${staying.join(', ')} ${who}`);
  }
  return undefined;
}
