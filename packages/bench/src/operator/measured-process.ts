import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc (sysconf(_SC_CLK_TCK); 100 on every Linux that Node runs on). */
const ticksPerSecond = 100;

/** What a process has used up. */
export interface Usage {
  readonly cpuMs: number;
  readonly writtenBytes: number;
}

/** A process that is measured from outside, by what the kernel tells of it. */
export class MeasuredProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';

  constructor(args: readonly string[], options: { readonly cwd?: string } = {}) {
    this.#child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output = (this.#output + text).slice(-10_000)));
    }
  }

  /** What the process has used so far. */
  usage(): Usage {
    // The name, in parentheses, may hold blanks; fields are counted behind it (proc(5)).
    const fields = this.#read('stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpuMs: (ticks * 1000) / ticksPerSecond, writtenBytes: this.#field('io', 'write_bytes') };
  }

  /** Resident memory now. */
  rssBytes(): number {
    return this.#field('status', 'VmRSS') * 1024;
  }

  /** The most resident memory there was. */
  peakBytes(): number {
    return this.#field('status', 'VmHWM') * 1024;
  }

  /** The first group of a pattern in what the process prints. */
  async prints(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match[1] ?? '';
      if (this.#child.exitCode !== null) throw new Error(`ended without printing ${String(pattern)}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  #field(file: string, name: string): number {
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(this.#read(file))?.[1]);
  }

  #read(file: string): string {
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
  }
}
