import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const binaries = {
  'ecsm-operator': '../../../operator/bin/ecsm-operator.js',
  'ecsm-simulator': '../../../ecsm-simulator/bin/ecsm-simulator.js',
  ecsmctl: '../../../ecsmctl/bin/ecsmctl.js',
} as const;

/** One of the three commands. */
export type ProgramName = keyof typeof binaries;

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command running as a process of its own, from the build, with nothing inherited but PATH and HOME. */
export class Program {
  readonly #child: ChildProcess;
  readonly #name: ProgramName;
  #stdout = '';
  #stderr = '';
  readonly #ended: Promise<Outcome>;

  constructor(name: ProgramName, args: readonly string[], options: { readonly home: string; readonly stdin?: string }) {
    this.#name = name;
    this.#child = spawn(process.execPath, [fileURLToPath(new URL(binaries[name], import.meta.url)), ...args], {
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // What a process that is killed leaves behind goes with its home.
      env: { PATH: process.env['PATH'], HOME: options.home, TMPDIR: options.home },
      cwd: options.home,
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#child.stdin?.end(options.stdin);
    this.#ended = once(this.#child, 'close').then((values: unknown[]) => {
      const [code, signal] = values as [number | null, NodeJS.Signals | null];
      return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything it has printed so far, both streams. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** Waits for the process to end by itself. */
  ended(): Promise<Outcome> {
    return this.#ended;
  }

  /** Ends the process the hard way or the soft way, and waits until it is gone. */
  async kill(signal: NodeJS.Signals): Promise<Outcome> {
    this.#child.kill(signal);
    return this.#ended;
  }

  /** The first match of a pattern in what the program prints; fails when it ends or takes too long without one. */
  async prints(pattern: RegExp, timeoutMs = 20_000): Promise<RegExpExecArray> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (!this.running || performance.now() > deadline) {
        throw new Error(
          `${this.#name} ${this.running ? 'took too long to print' : 'ended without printing'} ${String(pattern)}:\n${this.output}`,
        );
      }
      await pause();
    }
  }
}

/** A turn long enough for other processes to get somewhere; what is waited for is always a condition. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 25);
  });
}

/**
 * Repeats a look until it returns something, since real processes have no virtual clock.
 *
 * @throws what the last look threw, or an error naming what was waited for
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let failure: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain until ${what}`, { cause: failure });
    }
    await pause();
  }
}
