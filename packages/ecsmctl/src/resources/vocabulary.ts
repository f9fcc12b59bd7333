import { nearestWord, type KindDefinition, type Scheme } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import { commands } from '../definitions/commands.js';
import type { PlatformKind } from './platform-kind.js';
import { platformKinds } from './platform-kinds.js';

/** A kind of either world. */
export type ResourceType =
  | { readonly world: 'declared'; readonly kind: KindDefinition }
  | { readonly world: 'platform'; readonly kind: PlatformKind };

/** All words by which a kind goes. */
export function wordsOf(kind: Pick<PlatformKind, 'plural' | 'singular' | 'shortNames'>): readonly string[] {
  return [kind.plural, kind.singular, ...kind.shortNames];
}

/** What things of Kubernetes are here, for who types their names out of habit. */
const habits: readonly (readonly [string, string])[] = [
  ['deployments deployment deploy daemonsets daemonset ds statefulsets statefulset sts', 'here these are ecsmservices'],
  ['pods pod po', 'here these are containers'],
  ['replicasets replicaset rs', 'here these are controllerrevisions'],
  ['horizontalpodautoscalers horizontalpodautoscaler', 'here these are ecsmhpas'],
  ['namespaces namespace ns', 'namespaces come with their objects; -A shows the objects of all of them'],
  ['all', 'name the types, as in es,hpa,services,containers'],
];

function hintForUnknown(word: string, scheme: Scheme): string {
  const habit = habits.find(([words]) => words.split(' ').includes(word));
  if (habit !== undefined) return habit[1];
  const listing = 'ecsmctl api-resources lists the types; kinds of your own come with --kinds FILE';
  const near = nearestWord(word, [...scheme.kinds, ...platformKinds].flatMap(wordsOf));
  return near === undefined ? listing : `did you mean "${near}"? ${listing}`;
}

/** The kind of either world that a word names. @throws UsageError naming a near word */
export function findType(word: string, scheme: Scheme): ResourceType {
  const declared = scheme.find(word);
  if (declared !== undefined) return { world: 'declared', kind: declared };
  const lower = word.toLowerCase();
  const platform = platformKinds.find((kind) => wordsOf(kind).includes(lower));
  if (platform !== undefined) return { world: 'platform', kind: platform };
  throw new UsageError(`unknown resource type "${word}"`, hintForUnknown(lower, scheme));
}

/** The declared kind that a word names. @throws UsageError when it is unknown or a kind of the platform */
export function findDeclaredKind(word: string, scheme: Scheme, verb: string): KindDefinition {
  const type = findType(word, scheme);
  if (type.world === 'declared') return type.kind;
  const { plural, singular } = type.kind;
  const own = commands.filter(({ name, group }) => group === 'Platform' && name.startsWith(`${singular} `));
  throw new UsageError(
    `"${verb}" works on declared objects, and ${plural} belong to the platform`,
    own.length === 0
      ? 'see ecsmctl --help for the commands of the platform'
      : `for ${plural} there is ${own.map(({ name }) => `"ecsmctl ${name}"`).join(', ')}`,
  );
}
