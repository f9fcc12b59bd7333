import { defineKind, type ApiObject, type Manifest, type Stored } from '@ecsm/api-types';

/** An object of about 1.5 KB as JSON. */
export interface Sample extends ApiObject {
  readonly spec: Readonly<Record<string, string>>;
}

const schema = { type: 'object' } as const;

export const Sample = defineKind<Sample>({ group: 'example.dev', version: 'v1', kind: 'Sample', schema });

/** What a server says of samples to those who ask for nothing but their metadata. */
export const SampleMetadata = defineKind<ApiObject>({
  group: 'meta.k8s.io',
  version: 'v1',
  kind: 'PartialObjectMetadata',
  schema,
});

export type StoredSample = Stored<Sample>;

/** How many objects there are. */
export const objectCount = 10_000;

/** A sample as a user writes it. */
export function sampleManifest(index: number): Manifest<Sample> & { readonly metadata: { readonly name: string } } {
  const spec = Object.fromEntries(
    Array.from({ length: 30 }, (_, field) => [`field${field}`, `value ${index} of ${field} and some more`]),
  );
  return {
    apiVersion: 'example.dev/v1',
    kind: 'Sample',
    metadata: { name: `sample-${index}`, namespace: 'default' },
    spec,
  };
}

/** A sample as a server has it. */
export function makeSample(index: number): StoredSample {
  const manifest = sampleManifest(index);
  const metadata = {
    ...manifest.metadata,
    uid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    resourceVersion: String(index + 1),
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  return { ...manifest, metadata };
}
