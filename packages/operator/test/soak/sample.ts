import { readFile } from 'node:fs/promises';
import { getHeapCodeStatistics } from 'node:v8';

import type { ManualClock } from '@ecsm/api-types/testing';

/** Full collections before the heap is looked at. */
const collections = 4;

/** How a process stands. */
export interface Sample {
  /** After a full collection where the process may ask for one (`--expose-gc`). */
  readonly heapUsed: number;
  /** The part of the heap that V8 has compiled: it grows for days, ever more slowly, while rare ways are gone often enough. */
  readonly compiled: number;
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
  await turns(50);
  // What has finalizers is held until they have run, which they do between two turns: what fetch keeps of its requests.
  for (let round = 0; round < collections; round++) {
    globalThis.gc?.();
    await turns(10);
  }
  const { heapUsed, rss } = process.memoryUsage();
  const { code_and_metadata_size: code, bytecode_and_metadata_size: bytecode } = getHeapCodeStatistics();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  return { heapUsed, compiled: code + bytecode, rss, handles, listeners, timers: clock?.pendingTimers ?? 0 };
}

/** Bytes this process has had the disk take so far, whole pages; `undefined` where the system does not tell. */
export async function diskBytesWritten(): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  const text = await readFile('/proc/self/io', 'utf8').catch(() => '');
  const [, bytes] = /^write_bytes: (\d+)$/m.exec(text) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
