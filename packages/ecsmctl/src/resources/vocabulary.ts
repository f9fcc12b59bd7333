import type { KindDefinition, Scheme } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import { suggest } from '../cli/suggest.js';
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

/** The kind of either world that a word names. @throws UsageError naming a near word */
export function findType(word: string, scheme: Scheme): ResourceType {
  const declared = scheme.find(word);
  if (declared !== undefined) return { world: 'declared', kind: declared };
  const lower = word.toLowerCase();
  const platform = platformKinds.find((kind) => wordsOf(kind).includes(lower));
  if (platform !== undefined) return { world: 'platform', kind: platform };
  const known = [...scheme.kinds, ...platformKinds].flatMap(wordsOf);
  const near = suggest(word, known);
  throw new UsageError(
    `unknown resource type "${word}"`,
    near === undefined
      ? 'ecsmctl api-resources lists the types'
      : `did you mean "${near}"? ecsmctl api-resources lists the types`,
  );
}

/** The declared kind that a word names. @throws UsageError when it is unknown or a kind of the platform */
export function findDeclaredKind(word: string, scheme: Scheme, verb: string): KindDefinition {
  const type = findType(word, scheme);
  if (type.world === 'declared') return type.kind;
  throw new UsageError(
    `"${verb}" works on declared objects, and ${type.kind.plural} belong to the platform`,
    `see ecsmctl --help for the commands of the platform`,
  );
}
