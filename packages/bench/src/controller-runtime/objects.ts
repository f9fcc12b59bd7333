import { defineKind, type ApiObject, type Manifest, type ResourceClient } from '@ecsm/api-types';

/** What the controllers of these measurements look after; about 1 KB each. */
export interface Probe extends ApiObject {
  readonly spec: { readonly index: number; readonly text: string };
}

export const Probe = defineKind<Probe>({ group: 'bench.dev', version: 'v1', kind: 'Probe' });

/** How many objects there are. */
export const objectCount = 10_000;

function probe(index: number): Manifest<Probe> {
  return {
    apiVersion: 'bench.dev/v1',
    kind: 'Probe',
    metadata: { name: `probe-${index}`, namespace: 'default', labels: { half: index % 2 === 0 ? 'even' : 'odd' } },
    spec: { index, text: 'x'.repeat(700) },
  };
}

/** Makes all objects. */
export async function makeProbes(probes: ResourceClient<Probe>): Promise<void> {
  for (let from = 0; from < objectCount; from += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => probes.create(probe(from + index))));
  }
}
