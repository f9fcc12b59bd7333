import { nearestWord } from '@ecsm/api-types';

/** A suggestion to append to a rule about an unknown name: `; did you mean "replicas"?`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const nearest = nearestWord(word, candidates);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}
