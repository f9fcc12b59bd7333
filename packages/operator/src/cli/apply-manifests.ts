import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Manifest } from '@ecsm/api-types';
import type { Registry } from '@ecsm/registry';

import { UsageError } from '../config/usage-error.js';
import { messageOf } from '../internal/message-of.js';

/** What became of one document. */
export interface AppliedManifest {
  readonly name: string;
  readonly outcome: 'created' | 'configured' | 'unchanged';
}

/** The manifest files at a path, in the order of their names. */
async function manifestFiles(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path, { recursive: true });
    return names
      .filter((name) => /\.(?:ya?ml|json)$/.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw new UsageError(`--manifests ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Applies every manifest at a path, one document after the other.
 *
 * @throws UsageError naming the file and document that is no good; earlier ones are applied then
 */
export async function applyManifests(registry: Registry, path: string): Promise<readonly AppliedManifest[]> {
  const { loadAll } = await import('js-yaml');
  const applied: AppliedManifest[] = [];
  for (const file of await manifestFiles(path)) {
    const text = await readFile(file, 'utf8');
    let documents: unknown[];
    try {
      documents = loadAll(text, undefined, { filename: file });
    } catch (error) {
      throw new UsageError(`${file} is not YAML: ${messageOf(error)}`, { cause: error });
    }
    for (const [index, document] of documents.entries()) {
      if (document === null || document === undefined) continue;
      const [result] = await registry.applyAll([document as Manifest]);
      if (result === undefined || result.outcome === 'skipped') continue;
      if (result.outcome === 'failed') {
        throw new UsageError(`${file}, document ${index + 1}: ${messageOf(result.error)}`, { cause: result.error });
      }
      const { kind, metadata } = result.object;
      applied.push({ name: `${kind.toLowerCase()}/${metadata.name}`, outcome: result.outcome });
    }
  }
  return applied;
}
