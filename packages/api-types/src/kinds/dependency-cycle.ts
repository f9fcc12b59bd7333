import { formatKey, keyOf, type ObjectKey } from '../object-key.js';
import type { ECSMService } from './ecsm-service.js';

/** Where the services are that one depends on. */
export function dependenciesOf(service: ECSMService): readonly Required<ObjectKey>[] {
  const own = service.metadata.namespace ?? 'default';
  return (service.spec.dependsOn ?? []).map(({ name, namespace }) => ({ namespace: namespace ?? own, name }));
}

/**
 * The shortest way by which a service depends on itself, as keys from it back to it; `undefined` when there is none.
 *
 * @param read - reads a service as it is stored; one that is missing depends on nothing
 */
export async function findDependencyCycle(
  service: ECSMService,
  read: (key: ObjectKey) => Promise<ECSMService | undefined>,
): Promise<readonly string[] | undefined> {
  const start = formatKey(keyOf(service));
  const seen = new Set([start]);
  let wave: readonly { readonly service: ECSMService; readonly path: readonly string[] }[] = [
    { service, path: [start] },
  ];
  while (wave.length > 0) {
    const next: { service: ECSMService; path: readonly string[] }[] = [];
    for (const { service: dependent, path } of wave) {
      for (const key of dependenciesOf(dependent)) {
        const name = formatKey(key);
        if (name === start) return [...path, start];
        if (seen.has(name)) continue;
        seen.add(name);
        const dependency = await read(key);
        if (dependency !== undefined) next.push({ service: dependency, path: [...path, name] });
      }
    }
    wave = next;
  }
  return undefined;
}
