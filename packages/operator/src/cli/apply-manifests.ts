import type { Registry } from '@ecsm/registry';

import { UsageError } from '../config/usage-error.js';
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
  const { describeSource, isManifestError, readManifests } = await import('@ecsm/registry/manifests');
  const applied: AppliedManifest[] = [];
  try {
    for (const decoded of await readManifests(path, { recursive: true })) {
      if (decoded.error !== undefined) throw decoded.error;
      const [result] = await registry.applyAll([decoded.manifest]);
      if (result === undefined || result.outcome === 'skipped') continue;
      if (result.outcome === 'failed') {
        throw new UsageError(`${describeSource(decoded.source)}: ${messageLine(result.error)}`, {
          cause: result.error,
        });
      }
      const { kind, metadata } = result.object;
      applied.push({ name: `${kind.toLowerCase()}/${metadata.name}`, outcome: result.outcome });
    }
  } catch (error) {
    if (isManifestError(error)) throw new UsageError(messageLine(error), { cause: error });
    throw error;
  }
  return applied;
}
