import { resolveRegistryPath, SqliteStore } from '@ecsm/registry';

import { loadSettings, type Environment } from '../config/load-settings.js';
import { UsageError } from '../config/usage-error.js';
import { RegistryFailure } from '../daemon/registry-file.js';
import { messageOf } from '../internal/message-of.js';
import { exitCodes, type ProgramIo } from './program-io.js';

const usage = `ecsm-operator registry check|acknowledge [flags]

  check        examines every page and row of the registry; ends with 1 when something is wrong
  acknowledge  ends the report of lost revisions, once what matters is declared anew

They take the flags of ecsm-operator itself; it may run meanwhile.
`;

/**
 * Runs `ecsm-operator registry …` and returns the exit code.
 *
 * @throws UsageError for anything but these; RegistryFailure when the file cannot be opened
 */
export async function registryCommand(argv: readonly string[], env: Environment, io: ProgramIo): Promise<number> {
  const [verb, ...flags] = argv;
  const request = verb === 'check' || verb === 'acknowledge' ? await loadSettings(flags, env) : undefined;
  if (verb === undefined || verb === '--help' || verb === '-h' || (request !== undefined && request.type !== 'run')) {
    io.stdout.write(usage);
    return exitCodes.clean;
  }
  if (request === undefined) {
    throw new UsageError(`registry ${verb} is not a command; there are registry check and registry acknowledge`);
  }
  const { registry: flag } = request.settings;
  const { path } = resolveRegistryPath({ ...(flag === undefined ? {} : { flag }), env, program: 'operator' });
  await using store = await open(path, verb === 'check');
  if (verb === 'check') {
    const problems = await store.checkIntegrity();
    for (const problem of problems) io.stdout.write(`${problem}\n`);
    if (problems.length === 0) io.stdout.write(`${path} is good\n`);
    return problems.length === 0 ? exitCodes.clean : exitCodes.failure;
  }
  const { revisionsLost: lost } = store;
  await store.acknowledgeRevisionsLost();
  io.stdout.write(
    lost === undefined ? 'nothing was lost\n' : `the loss of revisions ${lost.from} to ${lost.to} is acknowledged\n`,
  );
  return exitCodes.clean;
}

/** Opens a registry that must be there: a command must not make an empty one. */
async function open(path: string, readonly: boolean): Promise<SqliteStore> {
  try {
    // Read-only first: that fails where there is none.
    const store = await SqliteStore.open({ path, readonly: true });
    if (readonly) return store;
    await store.close();
    return await SqliteStore.open({ path });
  } catch (error) {
    throw new RegistryFailure(`registry ${path} cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}
