import type { Clock, Timer } from '@ecsm/api-types';

/** Something that will happen on a {@link Timeline}. */
export interface Scheduled {
  /** Simulated milliseconds since the timeline's origin at which it happens. */
  readonly dueAtMs: number;
  /** Ties between equal due times are broken by the order of scheduling, so that a run can be repeated exactly. */
  readonly sequence: number;
  /** Takes it back; does nothing when it has happened. */
  cancel(): void;
}

interface Entry extends Scheduled {
  callback: (() => void) | undefined;
}

/** Options of {@link Timeline}. */
export interface TimelineOptions {
  readonly clock: Clock;
  /** Simulated milliseconds per real one; 0 stands still and moves by {@link Timeline.advance} only. */
  readonly speed: number;
  /**
   * The simulated wall clock at the origin, in milliseconds since the Unix epoch.
   *
   * @defaultValue the clock's own time
   */
  readonly startsAtMs?: number;
}

/**
 * Simulated time: one heap of things to come, driven by a real or manual clock at a chosen speed.
 *
 * Everything happens at its own moment and in order, however late the machine's timer is: {@link Timeline.catchUp} runs
 * what is overdue before anyone looks at the cluster. With nothing scheduled no timer is set at all.
 */
export class Timeline {
  readonly #clock: Clock;
  readonly #epochMs: number;
  readonly #heap: Entry[] = [];
  #speed: number;
  #sequence = 0;
  /** Simulated time at `#anchorRealMs`; together with the speed these give the simulated time at any real moment. */
  #anchorMs = 0;
  #anchorRealMs: number;
  /** Set while callbacks run: time stands at the moment of the callback. */
  #firingAtMs: number | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: TimelineOptions) {
    this.#clock = options.clock;
    this.#speed = options.speed;
    this.#epochMs = options.startsAtMs ?? options.clock.now();
    this.#anchorRealMs = options.clock.monotonicNow();
  }

  /** Simulated milliseconds since the origin. */
  get elapsedMs(): number {
    if (this.#firingAtMs !== undefined) return this.#firingAtMs;
    return this.#anchorMs + (this.#clock.monotonicNow() - this.#anchorRealMs) * this.#speed;
  }

  /** The simulated wall clock, in milliseconds since the Unix epoch. */
  get nowMs(): number {
    return this.#epochMs + this.elapsedMs;
  }

  get speed(): number {
    return this.#speed;
  }

  /** How many things are scheduled. */
  get pending(): number {
    return this.#heap.reduce((count, entry) => (entry.callback === undefined ? count : count + 1), 0);
  }

  /** Calls `callback` once, `delayMs` of simulated time from now. */
  after(delayMs: number, callback: () => void): Scheduled {
    const entry: Entry = {
      dueAtMs: this.elapsedMs + Math.max(0, delayMs),
      sequence: this.#sequence++,
      callback,
      cancel: () => {
        entry.callback = undefined;
      },
    };
    this.#push(entry);
    if (this.#heap[0] === entry && this.#firingAtMs === undefined) this.#arm();
    return entry;
  }

  /** Runs everything that is due by now, each at its own moment. */
  catchUp(): void {
    if (this.#firingAtMs !== undefined || this.#stopped) return;
    if (this.#runUntil(this.elapsedMs)) this.#arm();
  }

  /** Moves simulated time forward at once, running what falls due on the way. */
  advance(byMs: number): void {
    if (!(byMs >= 0)) throw new RangeError(`time can be advanced by 0 ms or more, not by ${byMs}`);
    if (this.#firingAtMs !== undefined) throw new Error('time cannot be advanced by what happens in it');
    const targetMs = this.elapsedMs + byMs;
    this.#runUntil(targetMs);
    this.#anchorRealMs = this.#clock.monotonicNow();
    this.#anchorMs = targetMs;
    this.#arm();
  }

  /** Changes the speed from now on. */
  setSpeed(speed: number): void {
    if (!(speed >= 0 && Number.isFinite(speed))) throw new RangeError(`a speed is a number of 0 or more, not ${speed}`);
    this.catchUp();
    this.#anchorMs = this.elapsedMs;
    this.#anchorRealMs = this.#clock.monotonicNow();
    this.#speed = speed;
    this.#arm();
  }

  /** Lets go of the machine's timer; nothing happens by itself any more. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #runUntil(targetMs: number): boolean {
    let ran = false;
    try {
      for (let head = this.#head(); head !== undefined && head.dueAtMs <= targetMs; head = this.#head()) {
        this.#pop();
        ran = true;
        this.#firingAtMs = head.dueAtMs;
        const callback = head.callback;
        head.callback = undefined;
        callback?.();
      }
    } finally {
      this.#firingAtMs = undefined;
    }
    return ran;
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const head = this.#head();
    if (head === undefined || this.#stopped || this.#speed === 0) return;
    const delayMs = Math.max(0, (head.dueAtMs - this.elapsedMs) / this.#speed);
    this.#timer = this.#clock.setTimer(
      () => {
        this.#timer = undefined;
        this.#runUntil(this.elapsedMs);
        this.#arm();
      },
      delayMs,
      { keepAlive: false },
    );
  }

  /** The earliest entry that was not taken back. */
  #head(): Entry | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].callback === undefined) this.#pop();
    return this.#heap[0];
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex++;
      }
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.sequence < b.sequence);
}
