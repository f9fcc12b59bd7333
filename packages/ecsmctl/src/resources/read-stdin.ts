import { CliError, systemReason } from '../cli/cli-error.js';
import { collectBytes } from '../configuration/read-bounded.js';
import type { Io } from '../io.js';

/** Everything that comes on stdin, as text. @throws CliError when it is more than anybody needs */
export async function readStdin(io: Pick<Io, 'stdin'>): Promise<string> {
  try {
    return new TextDecoder().decode(await collectBytes(io.stdin));
  } catch (error) {
    throw new CliError(`the standard input cannot be read: ${systemReason(error)}`);
  }
}
