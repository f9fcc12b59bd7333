import type { AnyManifest, ApplyAllOptions, ApplyAllResult, Registry } from '@ecsm/registry';

/**
 * What applying manifests one after the other would come to, where each counts on those before it; nothing is written.
 *
 * Only manifests of one transaction see each other, and one that is refused takes the rest of its transaction along: so
 * the rest is tried once more without it.
 */
export async function rehearse(
  registry: Registry,
  manifests: readonly AnyManifest[],
  options: ApplyAllOptions,
): Promise<readonly ApplyAllResult[]> {
  const results: ApplyAllResult[] = [];
  /** What was warned of before, each with the place of its manifest. */
  const told = new Set<string>();
  let left = [...manifests.entries()];
  while (left.length > 0) {
    const round = await registry.applyAll(
      left.map(([, manifest]) => manifest),
      {
        ...options,
        atomic: true,
        dryRun: true,
        onWarning: (warning, at) => {
          const index = left[at]?.[0] ?? at;
          const place = `${index} ${warning}`;
          if (told.has(place)) return;
          told.add(place);
          options.onWarning?.(warning, index);
        },
      },
    );
    for (const [at, result] of round.entries()) results[left[at]?.[0] ?? at] = result;
    left = left.filter(([index]) => results[index]?.outcome === 'skipped');
  }
  return results;
}
