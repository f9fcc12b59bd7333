import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Flags of Node for a worker that measures the packages as they are installed: built, not translated on the way. */
export const builtPackages = ['--expose-gc', '--import', 'tsx'] as const;

/** Runs a program of this folder in a process of its own, and resolves with the one message that it sends. */
export function forkWorker<R>(file: string, args: readonly string[], execArgv: readonly string[]): Promise<R> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: [...execArgv] });
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as R));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ${args.join(' ')} ended with code ${code ?? 'none'}`)));
  });
}
