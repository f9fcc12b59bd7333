import type { ListWatch, ObjectVersion } from '@ecsm/api-types';
import { Informer } from '@ecsm/informer';

import { Sample } from './objects.js';

/** The first list takes everything in, the next ones are compared until the code is compiled. */
const measuredList = 4;

/** What a comparison cost. */
export interface Resync {
  /** The longest turn of the event loop. */
  readonly longestBlockMs: number;
  /** All turns with work. */
  readonly totalMs: number;
  readonly events: number;
}

/** Compares many keys that have not changed, once, and watches the event loop meanwhile. */
export async function measureResync(total: number): Promise<Resync> {
  const items: ObjectVersion[] = Array.from({ length: total }, (_, n) => ({
    key: { namespace: 'default', name: `sample-${n}` },
    uid: `uid-${n}`,
    resourceVersion: String(n + 1),
    generation: 1,
  }));
  let lists = 0;
  let comparing = false;
  let whenCompared: () => void = () => undefined;
  const compared = new Promise<void>((resolve) => (whenCompared = resolve));
  const source: ListWatch<Sample> = {
    kind: Sample,
    list: () => Promise.reject(new Error('versions are enough')),
    listVersions: async ({ continue: token = '0', limit = total } = {}) => {
      const first = Number(token);
      if (first === 0) lists++;
      const isLast = first + limit >= total;
      if (lists === measuredList && first === 0) {
        comparing = true;
      }
      // A little later, so that what follows the last page is measured, too.
      if (isLast && lists === measuredList) setTimeout(whenCompared, 1000);
      const page = items.slice(first, first + limit);
      return { resourceVersion: String(total), items: page, ...(isLast ? {} : { continue: String(first + limit) }) };
    },
    async *watch({ signal } = {}) {
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    },
  };
  await using informer = new Informer(source, { listObjects: false, resyncPeriodMs: 2000 });
  let events = 0;
  informer.addHandler(() => {
    events++;
  });
  informer.start();
  await informer.synced();
  await new Promise<void>((resolve) => setTimeout(resolve, 1500));
  globalThis.gc?.();
  events = 0;
  const cpuMs = (since: NodeJS.CpuUsage): number => {
    const { user, system } = process.cpuUsage(since);
    return (user + system) / 1000;
  };
  // Processor time of each turn of the loop: time on the wall would count what other processes take.
  let isOver = false;
  let longestBlockMs = 0;
  let totalMs = 0;
  let turn = process.cpuUsage();
  const spin = (): void => {
    const turnMs = cpuMs(turn);
    if (comparing) longestBlockMs = Math.max(longestBlockMs, turnMs);
    // Turns without work take microseconds.
    if (comparing && turnMs > 0.5) totalMs += turnMs;
    turn = process.cpuUsage();
    if (!isOver) setImmediate(spin);
  };
  spin();
  await compared;
  isOver = true;
  return { longestBlockMs, totalMs, events };
}
