import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { staticStep, type StaticState } from '../../src/index.js';

function state(change: Partial<StaticState>): StaticState {
  const oldReady = (change.oldAvailable ?? []).reduce((sum, each) => sum + each, 0);
  return {
    oldReady,
    wanted: ['a', 'b', 'c'],
    current: [],
    old: [],
    currentAvailable: 0,
    oldAvailable: [],
    oldIdle: [],
    leaving: 0,
    unavailable: 1,
    surge: 0,
    ...change,
  };
}

describe('staticStep', () => {
  it('starts on every node when there is nothing yet', () => {
    expect(staticStep(state({}))).toEqual({ current: ['a', 'b', 'c'], old: [] });
  });

  it('takes one node from the old service first', () => {
    expect(staticStep(state({ old: [['a', 'b', 'c']], oldAvailable: [3] }))).toEqual({
      current: [],
      old: [['b', 'c']],
    });
  });

  it('joins a node only when the instance there is gone', () => {
    const left = { old: [['b', 'c']], oldAvailable: [2] };
    expect(staticStep(state({ ...left, leaving: 1 }))).toEqual({ current: [], old: [['b', 'c']] });
    expect(staticStep(state(left))).toEqual({ current: ['a'], old: [['b', 'c']] });
  });

  it('waits until the new instance is available', () => {
    const half = { current: ['a'], old: [['b', 'c']], oldAvailable: [2] };
    expect(staticStep(state({ ...half, currentAvailable: 0 }))).toEqual({ current: ['a'], old: [['b', 'c']] });
    expect(staticStep(state({ ...half, currentAvailable: 1 }))).toEqual({ current: ['a'], old: [['c']] });
  });

  it('takes as many nodes at once as may be without an instance', () => {
    expect(staticStep(state({ old: [['a', 'b', 'c']], oldAvailable: [3], unavailable: 2 })).old).toEqual([['c']]);
  });

  it('takes nodes at once that the object no longer names', () => {
    expect(
      staticStep(state({ wanted: ['a'], current: ['a'], currentAvailable: 1, old: [['b', 'c']], oldAvailable: [2] }))
        .old,
    ).toEqual([[]]);
    expect(staticStep(state({ wanted: ['a'], current: ['a', 'b'], currentAvailable: 2 }))).toEqual({
      current: ['a'],
      old: [],
    });
  });

  it('joins first where both may run side by side', () => {
    const step = staticStep(state({ old: [['a', 'b', 'c']], oldAvailable: [3], surge: 1, unavailable: 0 }));
    expect(step).toEqual({ current: ['a'], old: [['a', 'b', 'c']] });
    expect(
      staticStep(
        state({
          current: ['a'],
          currentAvailable: 1,
          old: [['a', 'b', 'c']],
          oldAvailable: [3],
          surge: 1,
          unavailable: 0,
        }),
      ).old,
    ).toEqual([['b', 'c']]);
  });

  it('goes only where there is room, and misses an instance where there is none', () => {
    const [closed, old] = [{ open: ['b', 'c'] }, [['b', 'c']]];
    expect(staticStep(state({ ...closed })).current).toEqual(['b', 'c']);
    expect(staticStep(state({ ...closed, old, oldAvailable: [2] })).old).toEqual(old);
    expect(staticStep(state({ ...closed, old, oldAvailable: [2], unavailable: 2 })).old).toEqual([['c']]);
    expect(staticStep(state({ ...closed, current: ['a', 'b', 'c'], currentAvailable: 2 })).current).toEqual(['b', 'c']);
  });

  it('counts what is on its way out against the surge', () => {
    const half = { wanted: ['a', 'b'], current: ['a'], currentAvailable: 1, surge: 1 };
    expect(staticStep(state({ ...half, leaving: 2 })).current).toEqual(['a']);
    const third = { wanted: ['a', 'b'], old: [['a', 'b']], oldAvailable: [1], surge: 1, unavailable: 0 };
    expect(staticStep(state({ ...third, leaving: 2 }))).toEqual({ current: [], old: [['a', 'b']] });
    expect(staticStep(state({ ...third, leaving: 0 })).current).toEqual(['a']);
  });

  it('gives up an old service that works nowhere', () => {
    expect(staticStep(state({ old: [['a', 'b', 'c']], oldAvailable: [0] })).old).toEqual([[]]);
  });

  it('does not give up an old service whose instances have yet to prove themselves', () => {
    const young = { old: [['a', 'b', 'c']], oldAvailable: [0], oldReady: 3 };
    expect(staticStep(state(young)).old).toEqual([['a', 'b', 'c']]);
  });

  it('moves a node first on which nothing runs, since that costs nothing', () => {
    const broken = { old: [['a', 'b', 'c']], oldAvailable: [2], oldIdle: [['b']] };
    expect(staticStep(state(broken)).old).toEqual([['a', 'c']]);
    expect(staticStep(state({ ...broken, unavailable: 2 })).old).toEqual([['c']]);
    const tried = { current: ['b'], currentAvailable: 0, old: [['a', 'c']], oldAvailable: [2] };
    expect(staticStep(state(tried)).old).toEqual([['a', 'c']]);
  });

  it('does not take what is on its way out for a spare', () => {
    const half = { current: ['a'], currentAvailable: 1, old: [['c']], oldAvailable: [2], unavailable: 0, leaving: 1 };
    expect(staticStep(state(half)).old).toEqual([['c']]);
    const shrunk = { current: ['a'], currentAvailable: 2, old: [['b', 'c']], oldAvailable: [2], unavailable: 0 };
    expect(staticStep(state(shrunk)).old).toEqual([['b', 'c']]);
  });

  it('counts a node on which two earlier services stand against the surge', () => {
    const twice = { old: [['a', 'b', 'c'], ['a']], oldAvailable: [3, 0], unavailable: 0, surge: 1 };
    expect(staticStep(state(twice)).current).toEqual([]);
    expect(staticStep(state({ ...twice, surge: 2 })).current).toEqual(['a']);
  });

  it('takes one of two earlier services from a node when the other is well there', () => {
    const twice = {
      old: [
        ['a', 'b', 'c'],
        ['a', 'b'],
      ],
      unavailable: 0,
      surge: 1,
    };
    expect(staticStep(state({ ...twice, oldAvailable: [3, 2] })).old).toEqual([['c'], ['a', 'b']]);
    expect(staticStep(state({ ...twice, oldAvailable: [3, 1] })).old).toEqual([['a', 'b', 'c'], []]);
    expect(staticStep(state({ ...twice, oldAvailable: [2, 1] })).old).toEqual(twice.old);
  });

  it('never leaves a service without nodes', () => {
    const step = staticStep(
      state({ wanted: ['a'], current: ['b'], currentAvailable: 1, old: [['a']], oldAvailable: [1] }),
    );
    expect(step.current).toEqual(['b']);
    expect(step.old).toEqual([[]]);
  });

  it('moves every node, with no more than `unavailable` of them down at a time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 3 }), (count, unavailable) => {
        const wanted = Array.from({ length: count }, (_, index) => `n${index}`);
        let current: readonly string[] = [];
        let old: readonly (readonly string[])[] = [wanted];
        for (let round = 0; round < 4 * count && old.flat().length > 0; round++) {
          // Everything told to run does, and everything told to go is gone, before the next look.
          const step = staticStep(
            state({
              wanted,
              current,
              old,
              currentAvailable: current.length,
              oldAvailable: old.map((nodes) => nodes.length),
              unavailable,
            }),
          );
          ({ current, old } = step);
          expect(count - new Set([...current, ...old.flat()]).size).toBeLessThanOrEqual(unavailable);
        }
        expect(old.flat()).toEqual([]);
      }),
    );
  });
});
