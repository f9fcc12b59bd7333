import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program in a process of its own, and resolves with the one message that it sends.
 *
 * @param flags - of Node, beside those of this process
 */
export function forkWorker<R>(program: URL, args: readonly string[], flags: readonly string[] = []): Promise<R> {
  const child = fork(fileURLToPath(program), args, { execArgv: [...process.execArgv, ...flags] });
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as R));
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`${program.pathname} ${args.join(' ')} ended with code ${code ?? 'none'}`)),
    );
  });
}
