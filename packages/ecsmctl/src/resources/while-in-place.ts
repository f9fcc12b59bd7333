import { statSync } from 'node:fs';

import type { Timer } from '@ecsm/api-types';

import { CliError } from '../cli/cli-error.js';
import type { Invocation } from '../cli/invocation.js';

/** How often the registry file is looked for while somebody follows it. */
const lookEveryMs = 1_000;

/** Device and inode: what was opened stays readable under another name or none, and nobody writes to it any more. */
function fileAt(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/**
 * Lets a command follow what happens in the registry for as long as its file is the one that the command has opened.
 *
 * @param follow - ends when the signal does
 * @throws CliError when the file was moved, removed or replaced, of which whoever follows it would never hear
 */
export async function whileInPlace<T>(invocation: Invocation, follow: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, signal } = invocation;
  const path = await invocation.registryPath();
  const opened = fileAt(path);
  const gone = new AbortController();
  let timer: Timer | undefined;
  const lookLater = (): void => {
    timer = clock.setTimer(() => {
      if (fileAt(path) === opened) lookLater();
      else
        gone.abort(
          new CliError(`registry file ${path} was moved, removed or replaced meanwhile`, {
            hint: 'what was put in its place is seen by the next command',
          }),
        );
    }, lookEveryMs);
  };
  lookLater();
  try {
    const result = await follow(AbortSignal.any([signal, gone.signal]));
    gone.signal.throwIfAborted();
    return result;
  } finally {
    timer?.cancel();
  }
}
