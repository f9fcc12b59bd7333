import { Worker } from 'node:worker_threads';

/** Looks per allowed time; a process that was suspended as a whole misses none of them. */
const looks = 5;

/**
 * Runs in a thread of its own: counts looks in which the main thread showed no sign of life. It counts looks rather than
 * time, since time also passes while the machine sleeps or a debugger holds the process.
 */
const watcher = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const { beats, lookMs, looks, limitMs } = workerData;
let seen = -1;
let silent = 0;
setInterval(() => {
  const now = Atomics.load(beats, 0);
  silent = now === seen ? silent + 1 : 0;
  seen = now;
  if (silent < looks) return;
  writeSync(2, JSON.stringify({ level: 'error', time: new Date().toISOString(), limitMs,
    msg: 'the process has hung for too long and is ended' }) + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, lookMs);
`;

/**
 * Ends the process when its event loop has hung for too long, so that whoever started it can start it anew.
 *
 * For machines without systemd's watchdog: the thread costs a few MB of memory.
 */
export class HangWatchdog implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #beating: NodeJS.Timeout;

  constructor(limitMs: number) {
    const beats = new Int32Array(new SharedArrayBuffer(4));
    const lookMs = limitMs / looks;
    this.#worker = new Worker(watcher, {
      eval: true,
      workerData: { beats, lookMs, looks, limitMs },
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, codeRangeSizeMb: 1, stackSizeMb: 1 },
    });
    this.#worker.unref();
    this.#beating = setInterval(() => Atomics.add(beats, 0, 1), lookMs / 2);
    this.#beating.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beating);
    await this.#worker.terminate();
  }
}
