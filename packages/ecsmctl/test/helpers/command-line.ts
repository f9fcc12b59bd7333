import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Clock } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';

import { run, type ExitCode, type Io } from '../../src/index.js';

/** What one command line printed and how it ended. */
export interface Outcome {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** How one command line is run. */
export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Stdout and stderr are a terminal of this width. */
  readonly terminal?: number;
  readonly signal?: AbortSignal;
  /** Aborts when nobody reads stdout any more. */
  readonly gone?: AbortSignal;
  readonly edit?: Io['edit'];
  /** Called with everything printed so far, whenever something is printed. */
  readonly onOutput?: (stdout: string, stderr: string) => void;
}

/** A folder of its own with a registry file, in which command lines are run within this process. */
export class CommandLine implements AsyncDisposable {
  readonly home: string;
  readonly registryPath: string;
  platformUrl = 'http://127.0.0.1:1';
  readonly #clock: Clock | undefined;
  #registry: Registry | undefined;
  /** Folders with texts that `edit` has kept. */
  readonly #kept: string[] = [];

  private constructor(home: string, clock?: Clock) {
    this.home = home;
    this.registryPath = join(home, 'registry.db');
    this.#clock = clock;
  }

  static async create(clock?: Clock): Promise<CommandLine> {
    return new CommandLine(await mkdtemp(join(tmpdir(), 'ecsmctl-test-')), clock);
  }

  /** Writes a file into the folder and returns its path. */
  async file(name: string, text: string): Promise<string> {
    const path = join(this.home, name);
    await writeFile(path, text);
    return path;
  }

  /** The registry, opened beside the command line as another process would. */
  async registry(): Promise<Registry> {
    return (this.#registry ??= await Registry.open({
      path: this.registryPath,
      ...(this.#clock === undefined ? {} : { clock: this.#clock }),
    }));
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    let stdout = '';
    let stderr = '';
    const output = (add: (text: string) => void) => ({
      write: (text: string) => {
        add(text);
        options.onOutput?.(stdout, stderr);
      },
      ...(options.terminal === undefined ? {} : { isTerminal: true, columns: options.terminal }),
    });
    const code = await run(args, {
      stdout: {
        ...output((text) => (stdout += text)),
        ...(options.gone === undefined ? {} : { gone: options.gone }),
      },
      stderr: output((text) => (stderr += text)),
      stdin: (async function* () {
        yield options.stdin ?? '';
      })(),
      env: { ECSMCTL_REGISTRY: this.registryPath, ECSMCTL_PLATFORM_URL: this.platformUrl, ...options.env },
      cwd: this.home,
      home: this.home,
      ...(this.#clock === undefined ? {} : { clock: this.#clock }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.edit === undefined ? {} : { edit: options.edit }),
    });
    for (const [, file = ''] of stderr.matchAll(/your text is kept in (\S+)/g)) this.#kept.push(dirname(file));
    return { code, stdout, stderr };
  }

  /** Runs a command line that must succeed, and returns what it printed. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args);
    if (code !== 0) throw new Error(`ecsmctl ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#registry?.close();
    for (const folder of [this.home, ...this.#kept]) await rm(folder, { recursive: true, force: true });
  }
}
