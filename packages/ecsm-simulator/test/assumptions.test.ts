import { expect, it } from 'vitest';

import { assumptions, defaultSettings } from '@ecsm/ecsm-simulator';

it('has exactly one assumption for each setting', () => {
  const named = assumptions.flatMap(({ setting }) => setting ?? []).sort();
  expect(named).toEqual(Object.keys(defaultSettings).sort());
});

it('speaks of each subject once', () => {
  expect(new Set(assumptions.map(({ subject }) => subject)).size).toBe(assumptions.length);
});
