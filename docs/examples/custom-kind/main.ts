import { ecsmScheme } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';
import { readManifests } from '@ecsm/registry/manifests';
import { Backup } from './backup.js';

/** Applies a manifest file to a registry file and prints what happened to each object. */
export async function applyFile(
  registryPath: string,
  manifestPath: string,
  print: (line: string) => void,
): Promise<void> {
  await using registry = await Registry.open({ path: registryPath, scheme: ecsmScheme.with(Backup) });
  const backups = registry.resource(Backup).namespace('default');

  for (const { manifest, error } of await readManifests(manifestPath, { scheme: registry.scheme })) {
    if (error !== undefined) {
      print(error.message);
      continue;
    }
    const [result] = await registry.applyAll([manifest]);
    print(
      result?.outcome === 'failed' ? result.error.message : `backup ${manifest.metadata.name} ${result?.outcome ?? ''}`,
    );
  }

  for (const backup of (await backups.list()).items) {
    const { name, generation } = backup.metadata;
    await backups.updateStatus({
      ...backup,
      status: { observedGeneration: generation, lastRun: new Date().toISOString() },
    });
    print(`${name}: ${backup.spec.source} every ${backup.spec.everyHours} h, ${backup.spec.keep ?? 0} kept`);
  }
}

const [, script, registryPath, manifestPath] = process.argv;
if (script === import.meta.filename && registryPath !== undefined && manifestPath !== undefined) {
  await applyFile(registryPath, manifestPath, console.log);
}
