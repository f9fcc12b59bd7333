import { describe, expect, it } from 'vitest';

import { formatAge, formatDuration, formatUptime } from '../../src/output/age.js';

const s = 1000;
const m = 60 * s;
const h = 60 * m;
const d = 24 * h;

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [-500, '0s'],
    [-2 * s, '<invalid>'],
    [119 * s, '119s'],
    [2 * m, '2m'],
    [9 * m + 59 * s, '9m59s'],
    [10 * m + 59 * s, '10m'],
    [179 * m, '179m'],
    [3 * h, '3h'],
    [7 * h + 59 * m, '7h59m'],
    [8 * h + 59 * m, '8h'],
    [47 * h, '47h'],
    [2 * d, '2d'],
    [7 * d + 5 * h, '7d5h'],
    [8 * d + 5 * h, '8d'],
    [729 * d, '729d'],
    [730 * d, '2y'],
    [800 * d, '2y70d'],
    [3000 * d, '8y'],
  ])('shows %i ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

it('formatAge counts from a timestamp and knows when there is none', () => {
  expect(formatAge('2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1, 0, 5))).toBe('5m');
  expect(formatAge(undefined, 0)).toBe('<unknown>');
  expect(formatAge('soon', 0)).toBe('<unknown>');
});

it('formatUptime shows days, hours and minutes', () => {
  expect(formatUptime(3 * 86_400 + 4 * 3600 + 5 * 60 + 9.5)).toBe('3d4h5m');
  expect(formatUptime(undefined)).toBe('<unknown>');
});
