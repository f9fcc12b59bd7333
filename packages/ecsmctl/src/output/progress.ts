import type { Clock, Timer } from '@ecsm/api-types';
import stringWidth from 'string-width';

import type { Io } from '../io.js';
import { formatDuration } from './age.js';
import { cutToWidth } from './text-width.js';

/** A bar of ten cells that fills up. */
export function progressBar(done: number, total: number): string {
  const cells = total === 0 ? 10 : Math.min(10, Math.floor((done / total) * 10));
  return `${'█'.repeat(cells)}${'░'.repeat(10 - cells)}`;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 120;

/**
 * Shows that something is waited for, on stderr: one line on a terminal, with a spinner and the time so far, rewritten as long as
 * the wait lasts; elsewhere a line of its own for everything that is new.
 */
export class Progress implements Disposable {
  readonly #terminal: Io['stderr'];
  readonly #clock: Clock;
  readonly #print: (text: string) => void;
  readonly #begunAt: number;
  #frame = 0;
  #timer: Timer | undefined;
  #live: string | undefined;
  #plain: string | undefined;

  /** @param print - takes the lines where there is no terminal; by default they are left out */
  constructor({ stderr }: Pick<Io, 'stderr'>, clock: Clock, print: (text: string) => void = () => undefined) {
    this.#terminal = stderr;
    this.#clock = clock;
    this.#print = print;
    this.#begunAt = clock.monotonicNow();
  }

  /** Shows how things stand. @param plain - the same without bars, for pipes and files */
  show(live: string, plain = live): void {
    if (this.#terminal.isTerminal !== true) {
      if (plain !== this.#plain) this.#print(`${plain}\n`);
      this.#plain = plain;
      return;
    }
    this.#live = live;
    this.#draw();
    this.#timer ??= this.#clock.setTimer(() => this.#tick(), frameMs, { keepAlive: false });
  }

  /** Takes the live line away. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#live !== undefined) this.#terminal.write('\r\u001b[2K');
    this.#live = undefined;
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #tick(): void {
    this.#frame = (this.#frame + 1) % frames.length;
    this.#draw();
    this.#timer = this.#clock.setTimer(() => this.#tick(), frameMs, { keepAlive: false });
  }

  #draw(): void {
    const sinceMs = this.#clock.monotonicNow() - this.#begunAt;
    const elapsed = sinceMs < 1_000 ? '' : ` (${formatDuration(sinceMs)})`;
    const text = `${frames[this.#frame] ?? ''} ${this.#live ?? ''}${elapsed}`;
    this.#terminal.write(`\r\u001b[2K${cutToWidth(text, (this.#terminal.columns ?? 80) - 1, stringWidth)}`);
  }
}
