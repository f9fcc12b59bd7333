import { existsSync } from 'node:fs';

import { restoreBackup, SqliteStore } from '@ecsm/registry';

import { CliError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { Invocation } from '../cli/invocation.js';
import { expandPath } from '../configuration/settings.js';
import type { noFlags } from '../definitions/platform.js';
import type { registryFlags, restoreFlags } from '../definitions/settings.js';
import { Sections } from '../output/sections.js';
import { toJson } from '../output/serialize.js';

/** Opens the file of the registry as a store, for what a registry of typed objects does not offer. */
async function openStore(invocation: Invocation): Promise<SqliteStore> {
  // Opening the registry first makes a missing file an error instead of an empty store.
  await invocation.registry();
  return SqliteStore.open({ path: await invocation.registryPath() });
}

/** Shows how full the registry is. */
export const registryStats: Handler<typeof registryFlags> = async (invocation, flags) => {
  const registry = await invocation.registry();
  const stats = await registry.stats();
  const path = await invocation.registryPath();
  if (flags.output === 'json') {
    invocation.print(toJson({ path, ...stats }));
    return;
  }
  const sections = new Sections()
    .field('File', path)
    .field('Size', `${(stats.bytes / 2 ** 20).toFixed(1)} MiB`)
    .field('Revision', stats.revision)
    .field('Changes Kept', `${stats.logRows} (since revision ${stats.compactRevision})`);
  const { revisionsLost } = stats;
  if (revisionsLost !== undefined) sections.field('Revisions Lost', `${revisionsLost.from} to ${revisionsLost.to}`);
  sections.block('Objects', (block) => {
    for (const [kind, count] of Object.entries(stats.entries)) block.field(kind, count);
  });
  invocation.print(await sections.render());
};

/** Checks the registry file for damage. */
export const registryCheck: Handler<typeof registryFlags> = async (invocation, flags) => {
  await using store = await openStore(invocation);
  const problems = await store.checkIntegrity();
  const path = await invocation.registryPath();
  if (flags.output === 'json') invocation.print(toJson({ path, problems }));
  else if (problems.length === 0) invocation.print(`${path} is sound\n`);
  if (problems.length === 0) return;
  throw new CliError(`${path} is damaged: ${problems.join('; ')}`, {
    hint: 'stop the operator and put a backup in its place: ecsmctl registry restore FILE --force',
  });
};

/** Writes a copy of the registry while it is in use. */
export const registryBackup: Handler<typeof noFlags> = async (invocation) => {
  const file = expandPath(invocation.args[0] ?? '', invocation.io);
  await using store = await openStore(invocation);
  const { revision } = await store.backup(file, { signal: invocation.signal });
  invocation.print(`backup of revision ${revision} written to ${file}\n`);
};

/** Puts a backup in the place of the registry. */
export const registryRestore: Handler<typeof restoreFlags> = async (invocation, flags) => {
  const backup = expandPath(invocation.args[0] ?? '', invocation.io);
  const path = await invocation.registryPath();
  if (!existsSync(backup)) throw new CliError(`there is no backup at ${backup}`);
  if (existsSync(path) && !flags.force) {
    throw new CliError(`there is a registry at ${path}`, { hint: 'stop the operator and add --force to replace it' });
  }
  await restoreBackup({ backup, path });
  invocation.print(`${path} restored from ${backup}\n`);
};

/** Forgets old changes. */
export const registryCompact: Handler<typeof noFlags> = async (invocation) => {
  const registry = await invocation.registry();
  await registry.compact();
  const { bytes, revision } = await registry.stats();
  invocation.print(`compacted at revision ${revision}; ${(bytes / 2 ** 20).toFixed(1)} MiB\n`);
};
