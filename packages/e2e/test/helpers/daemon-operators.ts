import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach } from 'vitest';

import { eventually } from './program.js';
import { System } from './system.js';

const binary = fileURLToPath(new URL('../../../operator/bin/ecsm-operator.js', import.meta.url));

/** A line of the log. */
export interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** How an operator is started as a process. */
export interface ProcessOptions {
  readonly env?: Record<string, string>;
  readonly home: string;
  /** A command that becomes the operator. */
  readonly wrapper?: readonly string[];
}

/** An operator as a process, with its log line by line. */
export class OperatorProcess implements AsyncDisposable {
  readonly lines: LogLine[] = [];
  /** What is no line of the log. */
  other = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(args: readonly string[], options: ProcessOptions) {
    const command = [...(options.wrapper ?? []), process.execPath, binary, '--log-format', 'json', ...args];
    this.#child = spawn(command[0] ?? '', command.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: options.home, ...options.env },
      cwd: options.home,
    });
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.other += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('{')) this.lines.push(JSON.parse(line) as LogLine);
        else this.other += `${line}\n`;
      }
    });
    this.#ended = once(this.#child, 'close').then(([code]: unknown[]) => code as number | null);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Its exit code, once it has ended. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Waits for a line whose message fits. */
  logs(message: string | RegExp, after = 0, timeoutMs = 30_000): Promise<LogLine> {
    const fits = ({ msg }: LogLine): boolean => (typeof message === 'string' ? msg === message : message.test(msg));
    return eventually(
      `the log says ${String(message)}`,
      () => {
        const found = this.lines.slice(after).find(fits);
        if (found === undefined) throw new Error(`${this.lines.map((line) => line.msg).join('\n')}\n${this.other}`);
        return found;
      },
      timeoutMs,
    );
  }

  /** Reads one of its pages; the addresses are in the log, `/metrics` on the second if there are two. */
  async page(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { urls } = await this.logs('listening');
    const [first = '', second = first] = urls as readonly string[];
    const answer = await fetch(`${path === '/metrics' ? second : first}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
  }
}

/** How an operator of a test is started. */
export interface StartOptions extends Omit<ProcessOptions, 'home'> {
  /** @defaultValue the system's */
  readonly registryPath?: string;
  /** @defaultValue the system's */
  readonly platformUrl?: string;
}

/** What tests of daemons have in common. */
export interface Daemons {
  /** The registry, the simulator and the folder of the running test. */
  readonly system: System;
  /** Starts an operator on them, with more flags. */
  start(args?: readonly string[], options?: StartOptions): OperatorProcess;
}

/** Gives each test of a file a system of its own, and ends whatever was started on it. */
export function eachWithDaemons(): Daemons {
  let system: System;
  const started: OperatorProcess[] = [];
  beforeEach(async () => {
    system = await System.start();
  });
  afterEach(async () => {
    for (const each of started.splice(0)) await each[Symbol.asyncDispose]();
    await system[Symbol.asyncDispose]();
  });
  return {
    get system() {
      return system;
    },
    start: (args = [], options = {}) => {
      const { registryPath = system.registryPath, platformUrl = system.platform.url, ...rest } = options;
      const where = ['--registry', registryPath, '--platform-url', platformUrl];
      const pace = ['--poll-interval', '500ms', '--poll-interval-moving', '100ms'];
      const operator = new OperatorProcess([...where, ...pace, ...args], { ...rest, home: system.home });
      started.push(operator);
      return operator;
    },
  };
}
