import { expect, it } from 'vitest';

import { numbersProblem } from '../../src/plan/observed-service.js';

it.each([
  [{ factor: 3, instanceOnline: 0 }, undefined],
  [{ factor: -1, instanceOnline: 0 }, 'factor is -1, not a number of instances'],
  [{ factor: 1, instanceOnline: 0.5 }, 'instanceOnline is 0.5, not a number of instances'],
  [{ factor: 1, instanceOnline: 2 ** 32 - 1 }, 'instanceOnline is 4294967295, not a number of instances'],
  [{ factor: Infinity, instanceOnline: 1 }, 'factor is Infinity, not a number of instances'],
])('finds what is wrong with the numbers %j', (numbers, problem) => {
  expect(numbersProblem({ policy: 'dynamic', ...numbers })).toBe(problem);
});

it('does not care for the factor of a Static service', () => {
  expect(numbersProblem({ policy: 'static', factor: -1, instanceOnline: 2 })).toBeUndefined();
});
