import { checkCountOrPercent, checkQuantity, parseQuantity, resolveCountOrPercent } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

describe('quantities', () => {
  it.each([
    ['0', 0],
    ['128974848', 128_974_848],
    ['129e6', 129_000_000],
    ['129M', 129_000_000],
    ['123Mi', 128_974_848],
    ['1.5Gi', 1_610_612_736],
    ['100m', 0.1],
    ['1k', 1000],
    ['.5', 0.5],
    ['2.', 2],
    ['-1Ki', -1024],
    ['1E', 1e18],
    ['1E3', 1000],
    ['250u', 0.00025],
    ['5n', 5e-9],
  ])('%s is %d', (text, expected) => {
    expect(parseQuantity(text)).toBeCloseTo(expected, 12);
    expect(checkQuantity(text)).toBeUndefined();
  });

  it.each(['', 'Mi', '1 Mi', '1mi', '1KB', '0x10', '1e', 'NaN', 'Infinity', '1_000', '--1'])('refuses %j', (text) => {
    expect(checkQuantity(text)).toMatch(/must be a quantity/);
    expect(() => parseQuantity(text)).toThrow(TypeError);
  });
});

describe('counts and percentages', () => {
  it.each([
    [2, 10, 'up', 2],
    ['25%', 10, 'up', 3],
    ['25%', 10, 'down', 2],
    ['0%', 10, 'up', 0],
    ['100%', 7, 'down', 7],
    ['150%', 4, 'up', 6],
    ['29%', 100, 'up', 29],
    ['1%', 0, 'up', 0],
  ] as const)('%s of %d rounded %s is %d', (value, total, round, expected) => {
    expect(resolveCountOrPercent(value, total, round)).toBe(expected);
  });

  it.each([-1, 1.5, '25', '25 %', '-5%', '2.5%', '', Number.NaN])('refuses %j', (value) => {
    expect(checkCountOrPercent(value)).toBeDefined();
    expect(() => resolveCountOrPercent(value, 10, 'up')).toThrow(TypeError);
  });
});
