import { existsSync } from 'node:fs';

import { backupStoreFile, checkStoreFile, restoreBackup, type StoreStats } from '@ecsm/registry';

import { CliError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { makeRegistryFolder } from '../cli/open-registry.js';
import { expandPath } from '../configuration/settings.js';
import type { noFlags } from '../definitions/platform.js';
import type { registryFlags, restoreFlags } from '../definitions/settings.js';
import { printFacts } from '../output/print-facts.js';
import { Sections } from '../output/sections.js';

/** Shows how full the registry is. */
export const registryStats: Handler<typeof registryFlags> = async (invocation, flags) => {
  const registry = await invocation.registry();
  const stats = await registry.stats();
  const path = await invocation.registryPath();
  await printFacts(invocation, flags.output, { path, ...stats }, () => describeStats(path, stats));
};

function describeStats(path: string, stats: StoreStats): Promise<string> {
  const { bytes, revision, logRows, compactRevision, revisionsLost, entries } = stats;
  const sections = new Sections()
    .field('File', path)
    .field('Size', `${(bytes / 2 ** 20).toFixed(1)} MiB`)
    .field('Revision', revision)
    .field('Changes Kept', `${logRows} (since revision ${compactRevision})`);
  if (revisionsLost !== undefined) sections.field('Revisions Lost', `${revisionsLost.from} to ${revisionsLost.to}`);
  sections.block('Objects', (block) => {
    for (const [kind, count] of Object.entries(entries)) block.field(kind, count);
  });
  return sections.render();
}

/** Checks the registry file for damage. */
export const registryCheck: Handler<typeof registryFlags> = async (invocation, flags) => {
  const path = await invocation.registryPath();
  const problems = await checkStoreFile(path);
  await printFacts(invocation, flags.output, { path, problems }, () =>
    problems.length === 0 ? `${path} is sound\n` : '',
  );
  if (problems.length === 0) return;
  throw new CliError(`${path} is damaged: ${problems.join('; ')}`, {
    hint: 'stop the operator and put a backup in its place: ecsmctl registry restore FILE --force',
  });
};

/** Writes a copy of the registry while it is in use. */
export const registryBackup: Handler<typeof noFlags> = async (invocation) => {
  const file = expandPath(invocation.args[0] ?? '', invocation.io);
  const path = await invocation.registryPath();
  const { revision } = await backupStoreFile({ path, destination: file, signal: invocation.signal });
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
  makeRegistryFolder(path);
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
