import { resolveRegistryPath, SqliteStore } from '@ecsm/registry';

import { loadSettings, type Environment } from '../config/load-settings.js';
import { UsageError } from '../config/usage-error.js';
import { RegistryFailure } from '../daemon/registry-file.js';
import { messageLine } from '../internal/message-line.js';
import type { ProgramIo } from './program-io.js';

const usage = `ecsm-operator registry acknowledge [flags]

  acknowledge  ends the report of lost revisions, once what matters is declared anew; the daemon may run meanwhile

It takes the flags of ecsm-operator itself. ecsmctl registry has check, backup and restore.
`;

/**
 * Runs `ecsm-operator registry …`.
 *
 * @throws UsageError for anything but `acknowledge`; RegistryFailure when the file cannot be opened
 */
export async function registryCommand(argv: readonly string[], env: Environment, io: ProgramIo): Promise<void> {
  const [verb, ...flags] = argv;
  const request = verb === 'acknowledge' ? await loadSettings(flags, env) : undefined;
  if (verb === undefined || verb === '--help' || verb === '-h' || (request !== undefined && request.type !== 'run')) {
    io.stdout.write(usage);
    return;
  }
  if (request === undefined) {
    throw new UsageError(
      `registry ${verb} is not a command; there is registry acknowledge, and more in ecsmctl registry`,
    );
  }
  const { registry: flag } = request.settings;
  const { path } = resolveRegistryPath({ ...(flag === undefined ? {} : { flag }), env, program: 'operator' });
  await using store = await openExisting(path);
  const { revisionsLost: lost } = store;
  await store.acknowledgeRevisionsLost();
  io.stdout.write(
    lost === undefined ? 'nothing was lost\n' : `the loss of revisions ${lost.from} to ${lost.to} is acknowledged\n`,
  );
}

/** Opens a registry that must be there: a command must not make an empty one. */
async function openExisting(path: string): Promise<SqliteStore> {
  try {
    // Read-only first: that fails where there is none.
    await (await SqliteStore.open({ path, readonly: true })).close();
    return await SqliteStore.open({ path });
  } catch (error) {
    throw new RegistryFailure(`registry ${path} cannot be opened: ${messageLine(error)}`, { cause: error });
  }
}
