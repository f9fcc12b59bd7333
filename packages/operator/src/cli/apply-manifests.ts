import type { Registry } from '@ecsm/registry';

import { UsageError } from '../config/usage-error.js';
import { readManifestFiles } from '../daemon/manifests/manifest-files.js';
import { messageLine } from '../internal/message-line.js';

/** What became of one document. */
export interface AppliedManifest {
  readonly name: string;
  readonly outcome: 'created' | 'configured' | 'unchanged';
}

/**
 * Applies every manifest of a file or folder, one document after the other.
 *
 * @throws UsageError naming the file and document that is no good; earlier ones are applied then
 */
export async function applyManifests(registry: Registry, path: string): Promise<readonly AppliedManifest[]> {
  // Loaded only by runs that apply something.
  const { decodeManifests, describeSource } = await import('@ecsm/registry/manifests');
  const { files, problem } = await readManifestFiles(path);
  if (problem !== undefined) throw new UsageError(problem);
  const applied: AppliedManifest[] = [];
  for (const file of files) {
    if (file.text === undefined) throw new UsageError(`${file.path} ${file.problem}`);
    for (const { manifest, error, source } of decodeManifests(file.text, { file: file.path })) {
      if (error !== undefined) throw new UsageError(messageLine(error), { cause: error });
      const [result] = await registry.applyAll([manifest]);
      if (result === undefined || result.outcome === 'skipped') continue;
      if (result.outcome === 'failed') {
        throw new UsageError(`${describeSource(source)}: ${messageLine(result.error)}`, { cause: result.error });
      }
      const { kind, metadata } = result.object;
      applied.push({ name: `${kind.toLowerCase()}/${metadata.name}`, outcome: result.outcome });
    }
  }
  return applied;
}
