import { CliError, systemReason } from '../cli/cli-error.js';
import { readBounded } from '../configuration/read-bounded.js';
import { expandPath } from '../configuration/settings.js';
import type { Io } from '../io.js';
import { readStdin } from './read-stdin.js';

/** The text of a file that the user names, or of stdin for `-`. @throws CliError naming a file that cannot be read */
export async function readNamed(file: string, io: Io): Promise<string> {
  if (file === '-') return readStdin(io);
  try {
    return (await readBounded(expandPath(file, io))).toString();
  } catch (error) {
    throw new CliError(`the file ${file} cannot be read: ${systemReason(error)}`);
  }
}
