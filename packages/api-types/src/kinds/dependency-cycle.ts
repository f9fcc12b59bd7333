import { formatKey, keyOf, parseKey, type ObjectKey } from '../object-key.js';
import type { ECSMService } from './ecsm-service.js';

/** Where the services are that one depends on. */
export function dependenciesOf(service: ECSMService): readonly Required<ObjectKey>[] {
  const own = service.metadata.namespace ?? 'default';
  return (service.spec.dependsOn ?? []).map(({ name, namespace }) => ({ namespace: namespace ?? own, name }));
}

/**
 * The shortest way that leads from a node of a graph back to it, both ends included; `undefined` when there is none.
 *
 * Every node is asked for its neighbours at most once.
 *
 * @param next - the neighbours of a node
 */
export async function findCycle(
  start: string,
  next: (node: string) => readonly string[] | Promise<readonly string[]>,
): Promise<readonly string[] | undefined> {
  /** The nodes that were reached, each with the one it was reached from. */
  const reachedFrom = new Map<string, string>();
  let wave: readonly string[] = [start];
  while (wave.length > 0) {
    const following: string[] = [];
    for (const node of wave) {
      for (const neighbour of await next(node)) {
        if (neighbour === start) return pathTo(node, start, reachedFrom);
        if (reachedFrom.has(neighbour)) continue;
        reachedFrom.set(neighbour, node);
        following.push(neighbour);
      }
    }
    wave = following;
  }
  return undefined;
}

/** The way from the start to a node and from there back to the start. */
function pathTo(node: string, start: string, reachedFrom: ReadonlyMap<string, string>): readonly string[] {
  const path = [start];
  for (let at: string | undefined = node; at !== undefined && at !== start; at = reachedFrom.get(at)) path.unshift(at);
  return [start, ...path];
}

/**
 * The shortest way by which a service depends on itself, as keys from it back to it; `undefined` when there is none.
 *
 * @param read - reads a service as it is stored; one that is missing depends on nothing
 */
export function findDependencyCycle(
  service: ECSMService,
  read: (key: ObjectKey) => Promise<ECSMService | undefined>,
): Promise<readonly string[] | undefined> {
  const start = formatKey(keyOf(service));
  return findCycle(start, async (name) => {
    const dependent = name === start ? service : await read(parseKey(name));
    return dependent === undefined ? [] : dependenciesOf(dependent).map(formatKey);
  });
}
