import { loadSettings, type Environment } from '../config/load-settings.js';
import { printSettings } from '../config/print-settings.js';
import { UsageError } from '../config/usage-error.js';
import type { ProgramIo } from './program-io.js';

const usage = `ecsm-operator config print|validate [flags]

  print     prints every setting that holds, as a configuration file, with where it comes from
  validate  says everything that is wrong with flags, variables and the file, and ends with 2

They take the flags of ecsm-operator itself.
`;

/**
 * Runs `ecsm-operator config …`.
 *
 * @throws UsageError naming everything that makes no sense
 */
export async function configCommand(argv: readonly string[], env: Environment, io: ProgramIo): Promise<void> {
  const [verb, ...flags] = argv;
  if (verb === '--help' || verb === '-h' || verb === undefined) {
    io.stdout.write(usage);
    return;
  }
  if (verb !== 'print' && verb !== 'validate') {
    throw new UsageError(`config ${verb} is not a command; there are config print and config validate`);
  }
  const request = await loadSettings(flags, env);
  if (request.type !== 'run') io.stdout.write(usage);
  else if (verb === 'print') io.stdout.write(await printSettings(request));
  else io.stdout.write(`${request.configPath ?? 'the configuration'} is good\n`);
}
