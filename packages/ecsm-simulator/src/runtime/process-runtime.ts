import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

import { systemClock, type Clock } from '@ecsm/api-types';

import type { ContainerCommand, ContainerExit, ContainerProcess, ContainerRuntime } from './container-runtime.js';

/** Options of {@link ProcessRuntime}. */
export interface ProcessRuntimeOptions {
  /** Time a process has to end after SIGTERM before it gets SIGKILL. @defaultValue 5000 */
  readonly stopGraceMs?: number;
  /** Hears what the processes write, line by line; their output is dropped without it. */
  readonly onOutput?: (containerName: string, line: string) => void;
  /** @defaultValue the system's clock */
  readonly clock?: Clock;
}

/**
 * Runs the command of each container as a real child process, with the container's environment.
 *
 * Each is the head of a process group of its own, and the whole group is signalled. A command that cannot be started ends
 * with code 127, as in a shell. Only use images whose commands you trust: nothing isolates them from the machine.
 */
export class ProcessRuntime implements ContainerRuntime {
  readonly #options: ProcessRuntimeOptions;
  readonly #children = new Set<ChildProcess>();

  constructor(options: ProcessRuntimeOptions = {}) {
    this.#options = options;
  }

  start(command: ContainerCommand, onExit: (exit: ContainerExit) => void): ContainerProcess {
    const { clock = systemClock, stopGraceMs = 5000 } = this.#options;
    const [file, ...args] = command.args;
    const child = spawn(file ?? '', args, {
      cwd: command.cwd,
      env: environment(command.env),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    this.#forward(child, command.containerName);
    child.once('error', (error) => {
      this.#children.delete(child);
      onExit({ code: 127, reason: error.message });
    });
    child.once('exit', (code, signal) => {
      if (!this.#children.delete(child)) return;
      endRestOfGroup(child);
      onExit(
        signal === null
          ? { code: code ?? 0, reason: `exit code ${code ?? 0}` }
          : { code: 128 + constants.signals[signal], reason: `killed by ${signal}` },
      );
    });
    return {
      stop: () => {
        signalGroup(child, 'SIGTERM');
        const timer = clock.setTimer(
          () => {
            signalGroup(child, 'SIGKILL');
          },
          stopGraceMs,
          { keepAlive: false },
        );
        child.once('exit', () => {
          timer.cancel();
        });
      },
      kill: () => {
        signalGroup(child, 'SIGKILL');
      },
      pause: () => {
        signalGroup(child, 'SIGSTOP');
      },
      resume: () => {
        signalGroup(child, 'SIGCONT');
      },
    };
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.#children].map(
        (child) =>
          new Promise<void>((resolve) => {
            child.once('exit', () => {
              resolve();
            });
            child.once('error', () => {
              resolve();
            });
            signalGroup(child, 'SIGKILL');
          }),
      ),
    );
  }

  #forward(child: ChildProcess, containerName: string): void {
    const { onOutput } = this.#options;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      if (onOutput === undefined) {
        stream.resume();
        continue;
      }
      let rest = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onOutput(containerName, line);
      });
      stream.on('end', () => {
        if (rest !== '') onOutput(containerName, rest);
      });
    }
  }
}

function environment(entries: readonly string[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    if (equals > 0) variables[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  return variables;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group ended in the meantime; its exit is being reported.
  }
}

/** With its first process a container ends as a whole: what is left of the group would also hold its output open. */
function endRestOfGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing is left.
  }
}
