import { UsageError } from '../cli/cli-error.js';
import type { ValuesOf } from '../cli/flag.js';
import { getFlags } from '../definitions/get.js';
import { filterFlags, type PlatformFilter, type PlatformKind } from '../resources/platform-kind.js';

type GetFlags = ValuesOf<typeof getFlags>;

const flagsOfFilters = [
  ...(Object.entries(filterFlags) as [keyof PlatformFilter, keyof GetFlags][]),
  ['nodeId', 'node-id'],
] as const;

function isGiven(flags: GetFlags, name: keyof GetFlags): boolean {
  const { type, ...rest } = getFlags[name];
  const untouched = 'default' in rest ? rest.default : type === 'boolean' ? false : undefined;
  return flags[name] !== untouched;
}

/** Refuses a filter that a kind does not have, rather than ignoring it. @throws UsageError naming those that it has */
export function checkFilters({ plural, filters }: Pick<PlatformKind, 'plural' | 'filters'>, flags: GetFlags): void {
  for (const [member, flag] of flagsOfFilters) {
    if (!isGiven(flags, flag) || filters.includes(member)) continue;
    const known = filters.map((each) => `--${filterFlags[each]}`);
    throw new UsageError(
      `--${flag} does not narrow ${plural}`,
      known.length === 0 ? `${plural} have no filters` : `${plural} take ${known.join(', ')}`,
    );
  }
}

/** The same for declared kinds, which are selected by labels and fields, and come all at once. */
export function checkDeclaredFilters(plural: string, flags: GetFlags): void {
  const flag = [...flagsOfFilters.map(([, each]) => each), 'page' as const, 'page-size' as const].find((each) =>
    isGiven(flags, each),
  );
  if (flag === undefined) return;
  throw new UsageError(`--${flag} is for lists of the platform, not for ${plural}`, 'use -l or --field-selector');
}
