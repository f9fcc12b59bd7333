import { readFile } from 'node:fs/promises';
import { messageOf } from '@ecsm/api-types';

import type { FaultPlan, FaultPreset } from '../faults/fault-plan.js';
import type { PlatformSettings } from '../settings.js';
import { checkCluster } from './check-cluster.js';
import type { ClusterSpec } from './cluster-spec.js';
import { SpecError } from './spec-error.js';

/** What a cluster file holds: the cluster, and if it likes the platform's settings and the faults. */
export interface ClusterFile extends ClusterSpec {
  readonly settings?: Partial<PlatformSettings>;
  readonly faults?: FaultPlan | FaultPreset;
}

/**
 * Reads a cluster from a YAML or JSON file.
 *
 * @throws {@link SpecError} when the file cannot be read, is no YAML, or breaks a rule; it names every fault
 */
export async function readClusterFile(path: string): Promise<ClusterFile> {
  const [{ load, YAMLException }, { check }] = await Promise.all([import('js-yaml'), import('./check.js')]);
  let content: unknown;
  try {
    content = load(await readFile(path, 'utf8'), { filename: path });
  } catch (error) {
    if (error instanceof YAMLException) {
      const { line, column } = error.mark;
      throw new SpecError(`${path}:${line + 1}:${column + 1}`, [{ path: '', rule: error.reason }], { cause: error });
    }
    throw new SpecError(path, [{ path: '', rule: messageOf(error) }], {
      cause: error,
    });
  }
  assertClusterFile(content, path, check);
  checkCluster(content, path);
  return content;
}

function assertClusterFile(
  content: unknown,
  path: string,
  check: (schema: 'clusterFile', value: unknown, source: string) => void,
): asserts content is ClusterFile {
  check('clusterFile', content ?? null, path);
}
