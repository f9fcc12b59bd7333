import { describe, expect, it } from 'vitest';

import { didYouMean, nearestWord } from '../src/index.js';

const known = ['replicas', 'nodePool', 'type'];

describe('nearestWord', () => {
  it.each([
    ['replcias', 'replicas'],
    ['nodepool', 'nodePool'],
    ['tpye', 'type'],
  ])('finds what "%s" was meant to be', (word, meant) => {
    expect(nearestWord(word, known)).toBe(meant);
  });

  it('finds nothing that is another word altogether', () => {
    expect(nearestWord('schedule', known)).toBeUndefined();
    expect(nearestWord('type', [])).toBeUndefined();
  });
});

describe('didYouMean', () => {
  it('names what was probably meant, or else all there are', () => {
    expect(didYouMean('tpye', known)).toBe('did you mean "type"?');
    expect(didYouMean('schedule', known)).toBe('there are replicas, nodePool, type');
    expect(didYouMean('schedule', [])).toBe('there are none');
    expect(didYouMean('schedule', ['type'])).toBe('there is only type');
  });
});
