import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ECSMService, type Manifest, type Stored } from '@ecsm/api-types';
import { Registry, type Resource } from '@ecsm/registry';

/** How many objects are stored while reads and writes are measured. */
export const objectCount = 10_000;

/** A folder on the disk that is measured; removed at the end. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'ecsm-bench-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Names that lie in another order than they are made, as names do. */
export function nameOf(index: number): string {
  return `service-${(index * 7_919) % objectCount}`;
}

/** A service of about 1.5 KB of JSON as it is stored; `turn` tells its versions apart. */
export function service(index: number, turn: number): Manifest<ECSMService> {
  return {
    apiVersion: 'ecsm.sh/v1',
    kind: 'ECSMService',
    metadata: { name: nameOf(index), namespace: 'default', labels: { app: 'web', tier: 'front' } },
    spec: {
      deploymentStrategy: { type: 'Dynamic', replicas: 3, nodePool: ['worker-1', 'worker-2', 'worker-3'] },
      template: {
        image: 'web@1.0.0#sylixos',
        env: Array.from({ length: 16 }, (_, at) => ({ name: `SETTING_${at}`, value: `value ${at} of turn ${turn}` })),
        resources: { limits: { memory: '64Mi' } },
      },
    },
  };
}

/** A registry that holds {@link objectCount} services, and what they look like as JSON. */
export interface FilledRegistry extends AsyncDisposable {
  readonly registry: Registry;
  readonly services: Resource<ECSMService>;
  readonly objects: Stored<ECSMService>[];
}

/** Fills a new registry in the folder. */
export async function fillRegistry(folder: string, count = objectCount): Promise<FilledRegistry> {
  const registry = await Registry.open({ path: join(folder, 'registry.db') });
  const services = registry.resource(ECSMService).namespace('default');
  const objects: Stored<ECSMService>[] = [];
  for (let from = 0; from < count; from += 100) {
    const hundred = Array.from({ length: Math.min(100, count - from) }, (_, at) =>
      services.create(service(from + at, 0)),
    );
    objects.push(...(await Promise.all(hundred)));
  }
  return { registry, services, objects, [Symbol.asyncDispose]: () => registry.close() };
}
