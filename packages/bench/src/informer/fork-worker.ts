import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program of this folder in a process of its own, and resolves with the one message that it sends.
 *
 * @param flags - of Node, beside those of this process
 */
export function forkWorker<R>(file: string, args: readonly string[], flags: readonly string[] = []): Promise<R> {
  const execArgv = [...process.execArgv, ...flags];
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv });
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as R));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ${args.join(' ')} ended with code ${code ?? 'none'}`)));
  });
}
