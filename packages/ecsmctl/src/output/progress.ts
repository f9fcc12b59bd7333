import type { Output } from '../io.js';
import stringWidth from 'string-width';

import { cutToWidth } from './text-width.js';

/** A bar of ten cells that fills up. */
export function progressBar(done: number, total: number): string {
  const cells = total === 0 ? 10 : Math.min(10, Math.floor((done / total) * 10));
  return `${'█'.repeat(cells)}${'░'.repeat(10 - cells)}`;
}

/** One line that is rewritten on a terminal; elsewhere a line of its own for everything that is new. */
export class Progress implements Disposable {
  readonly #terminal: Output;
  readonly #print: (text: string) => void;
  #last: string | undefined;

  constructor(terminal: Output, print: (text: string) => void) {
    this.#terminal = terminal;
    this.#print = print;
  }

  /** Shows how things stand. @param plain - the same without bars, for pipes and files */
  show(live: string, plain: string): void {
    if (this.#terminal.isTerminal === true) {
      this.#terminal.write(`\r\u001b[2K${cutToWidth(live, (this.#terminal.columns ?? 80) - 1, stringWidth)}`);
    } else if (plain !== this.#last) {
      this.#print(`${plain}\n`);
    }
    this.#last = plain;
  }

  /** Takes the live line away. */
  end(): void {
    if (this.#terminal.isTerminal === true && this.#last !== undefined) this.#terminal.write('\r\u001b[2K');
    this.#last = undefined;
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
