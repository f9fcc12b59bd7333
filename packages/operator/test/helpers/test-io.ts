import type { ProgramIo, ProgramSignal } from '../../src/cli/program-io.js';

/** The parts of a process that the program uses, with what it printed. */
export class TestIo implements ProgramIo {
  out = '';
  err = '';
  exited: number | undefined;
  readonly env: ProgramIo['env'];
  readonly stdout = { write: (text: string) => (this.out += text) };
  readonly stderr = { write: (text: string) => (this.err += text) };
  readonly #listeners = new Map<ProgramSignal, () => void>();

  constructor(env: ProgramIo['env'] = {}) {
    this.env = env;
  }

  on(signal: ProgramSignal, listener: () => void): void {
    this.#listeners.set(signal, listener);
  }

  off(signal: ProgramSignal): void {
    this.#listeners.delete(signal);
  }

  exit(code: number): void {
    this.exited = code;
  }

  send(signal: ProgramSignal): void {
    this.#listeners.get(signal)?.();
  }

  /** Waits until something is printed. */
  async prints(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.out + this.err)) await new Promise((resolve) => setImmediate(resolve));
  }
}
