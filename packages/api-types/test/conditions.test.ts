import { edit, findCondition, isConditionTrue, removeCondition, setCondition, type Condition } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

const first = Date.UTC(2026, 0, 1);
const later = first + 60_000;
const available = { type: 'Available', status: 'True', reason: 'Ready', message: '3 of 3 are ready' } as const;

describe('conditions', () => {
  it('adds a condition with the time of its transition', () => {
    const conditions = setCondition(undefined, available, first);
    expect(conditions).toEqual([{ ...available, lastTransitionTime: '2026-01-01T00:00:00.000Z' }]);
    expect(isConditionTrue(conditions, 'Available')).toBe(true);
    expect(isConditionTrue(conditions, 'Progressing')).toBe(false);
  });

  it('returns the very same array when nothing changes', () => {
    const conditions = setCondition([], available, first);
    expect(setCondition(conditions, available, later)).toBe(conditions);
    expect(removeCondition(conditions, 'Progressing')).toBe(conditions);
  });

  it('keeps the time of transition when only the message changes', () => {
    const conditions = setCondition(setCondition([], available, first), { ...available, message: '4 of 4' }, later);
    expect(findCondition(conditions, 'Available')).toMatchObject({
      message: '4 of 4',
      lastTransitionTime: '2026-01-01T00:00:00.000Z',
    });
  });

  it('moves the time of transition when the status changes, and keeps the order', () => {
    const progressing = { type: 'Progressing', status: 'True', reason: 'Rolling', message: 'm' } as const;
    const before = setCondition(setCondition([], available, first), progressing, first);
    const after = setCondition(before, { ...available, status: 'False' }, later);
    expect(after.map((condition) => condition.type)).toEqual(['Available', 'Progressing']);
    expect(after[0]?.lastTransitionTime).toBe('2026-01-01T00:01:00.000Z');
    expect(before[0]?.status).toBe('True');
  });

  it('removes one', () => {
    const conditions: readonly Condition[] = setCondition([], available, first);
    expect(removeCondition(conditions, 'Available')).toEqual([]);
  });
});

describe('edit', () => {
  it('changes a copy and leaves the original alone', () => {
    const original: { readonly spec: { readonly list: readonly number[] } } = Object.freeze({
      spec: Object.freeze({ list: Object.freeze<readonly number[]>([1]) }),
    });
    const changed = edit(original, (draft) => {
      draft.spec.list.push(2);
    });
    expect(changed).toEqual({ spec: { list: [1, 2] } });
    expect(original).toEqual({ spec: { list: [1] } });
  });
});
