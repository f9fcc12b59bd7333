import { join } from 'node:path';

import { ecsmScheme } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';

import { temporaryFolder } from '../registry/sample.js';
import { objectCount, Sample, sampleManifest } from './objects.js';

/** The file of a registry that holds all samples; removed at the end. */
export async function filledRegistry(): Promise<AsyncDisposable & { readonly file: string }> {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'registry.db');
  await using registry = await Registry.open({ path: file, scheme: ecsmScheme.with(Sample) });
  const samples = registry.resource(Sample);
  for (let from = 0; from < objectCount; from += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => samples.create(sampleManifest(from + index))));
  }
  return { file, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}
