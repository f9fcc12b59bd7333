import { readFile } from 'node:fs/promises';

import type { ManualClock } from '@ecsm/api-types/testing';

/** How a process stands. */
export interface Sample {
  /** After a full collection where the process may ask for one (`--expose-gc`). */
  readonly heapUsed: number;
  readonly rss: number;
  /** Kinds of resources that keep the event loop busy, and how many of each. */
  readonly handles: Readonly<Record<string, number>>;
  /** Listeners of the process itself. */
  readonly listeners: number;
  /** Timers set on the clock. */
  readonly timers: number;
}

/** Looks at this process, after what is about to end has ended. */
export async function takeSample(clock?: ManualClock): Promise<Sample> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  // Twice: what has finalizers goes with the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  return { heapUsed, rss, handles, listeners, timers: clock?.pendingTimers ?? 0 };
}

/** Bytes this process has had the disk take so far, whole pages; `undefined` where the system does not tell. */
export async function diskBytesWritten(): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  const text = await readFile('/proc/self/io', 'utf8').catch(() => '');
  const [, bytes] = /^write_bytes: (\d+)$/m.exec(text) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}
