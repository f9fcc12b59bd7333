import { overviewHelp, commandHelp, groupHelp } from './cli/help.js';
import { exitCodes, type ExitCode } from './cli/exit-code.js';
import { parseArguments } from './cli/parse-arguments.js';
import { tellError } from './cli/tell-error.js';
import { commands } from './definitions/commands.js';
import { globalFlags, type GlobalFlags } from './definitions/global-flags.js';
import type { Io } from './io.js';
import { version } from './version.js';

/**
 * Carries out one command line and resolves to the exit code. It never rejects, and touches nothing of the process but
 * what `io` gives.
 *
 * @param argv - without the program and script names
 * @example
 * ```ts
 * const code = await run(['get', 'es', '-o', 'json'], io);
 * ```
 */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let readsOnly = false;
  try {
    // The other way to ask for help that everybody tries.
    const line = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
    const { command, words, args, values } = parseArguments(line, commands, globalFlags);
    const globals = values as GlobalFlags;
    if (globals.version && command === undefined) {
      io.stdout.write(`${version}\n`);
      return exitCodes.ok;
    }
    if (command === undefined) {
      io.stdout.write(words === '' ? overviewHelp(commands) : groupHelp(words, commands));
      return exitCodes.ok;
    }
    if (globals.help) {
      io.stdout.write(commandHelp(command));
      return exitCodes.ok;
    }
    readsOnly = command.readsOnly === true;
    const [{ createInvocation }, handler] = await Promise.all([import('./cli/create-invocation.js'), command.load()]);
    await using invocation = createInvocation(command, args, globals, io);
    // The handler of a command takes the values of exactly the flags that were parsed for it.
    await handler(invocation, values as never);
    return exitCodes.ok;
  } catch (error) {
    if (io.signal?.aborted === true) return exitCodes.interrupted;
    // A reader that has had enough, such as `head`, is no failure.
    if (readsOnly && io.stdout.gone?.aborted === true) return exitCodes.ok;
    return tellError(io.stderr, error);
  }
}
