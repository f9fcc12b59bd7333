import { parseImageRef } from '../cluster/image-ref.js';
import type { ClusterSpec } from './cluster-spec.js';
import { SpecError, type SpecProblem } from './spec-error.js';

/**
 * Checks what no schema can: that names are unique and that everything referred to exists.
 *
 * @throws {@link SpecError} naming each fault
 */
export function checkCluster(spec: ClusterSpec, source = 'cluster'): void {
  const problems: SpecProblem[] = [];
  const { images = [], nodes, registries = [], services = [] } = spec;
  const registryIds = new Set(['local', ...registries.map(({ id }) => id)]);
  const refs = new Set(images.map(({ ref }) => ref));
  const nodeNames = new Set(nodes.flatMap((node) => numbered(node.name, node.count)));
  const report = (path: string, value: unknown, rule: string): void => {
    problems.push({ path, value, rule });
  };

  unique(nodes, 'nodes', 'name', ({ name }) => name, report);
  unique(nodes, 'nodes', 'address', ({ address }) => address, report);
  unique(images, 'images', 'ref', ({ ref }) => ref, report);
  unique(services, 'services', 'name', ({ name }) => name, report);
  for (const [index, { address, count }] of nodes.entries()) {
    if (address !== undefined && (count ?? 1) > 1) report(`nodes[${index}].address`, address, 'cannot go with a count');
  }
  for (const [index, { images: present = [] }] of nodes.entries()) {
    for (const [at, ref] of present.entries()) {
      if (!refs.has(ref)) report(`nodes[${index}].images[${at}]`, ref, 'is not among the images');
    }
  }
  for (const [index, { ref, registry }] of images.entries()) {
    if (parseImageRef(ref) === undefined) report(`images[${index}].ref`, ref, 'must be of the form name@tag#os');
    if (registry !== undefined && !registryIds.has(registry)) {
      report(`images[${index}].registry`, registry, 'is not among the registries');
    }
  }
  for (const [index, service] of services.entries()) {
    if (!refs.has(service.image)) report(`services[${index}].image`, service.image, 'is not among the images');
    for (const [at, name] of (service.nodes ?? []).entries()) {
      if (!nodeNames.has(name)) report(`services[${index}].nodes[${at}]`, name, 'is not among the nodes');
    }
    const os = parseImageRef(service.image)?.os;
    if (service.nodes === undefined && !nodes.some((node) => node.os === os)) {
      report(`services[${index}].image`, service.image, 'has no node that could run it');
    }
  }
  if (problems.length > 0) throw new SpecError(source, problems);
}

/** The names of `count` things: the name itself for one, `name-1`, `name-2`, … for a counted group. */
export function numbered(name: string, count: number | undefined): readonly string[] {
  return count === undefined ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

function unique<Item>(
  items: readonly Item[],
  list: string,
  field: string,
  key: (item: Item) => string | undefined,
  report: (path: string, value: unknown, rule: string) => void,
): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const value = key(item);
    if (value === undefined) continue;
    if (seen.has(value)) report(`${list}[${index}].${field}`, value, 'is there twice');
    seen.add(value);
  }
}
