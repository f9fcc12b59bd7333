import { expect, it } from 'vitest';

import { runSchedules } from './run-schedule.js';

it('every call of 150 random fault schedules ends in a result or a typed error, in time, without leaks', async () => {
  const tally = await runSchedules(1, 150);
  expect(tally.problems).toEqual([]);
  // The faults are worth their name, and calls get through them.
  expect(tally.done).toBeGreaterThan(0);
  expect(tally.unknown).toBeGreaterThan(0);
  expect(tally.notDone).toBeGreaterThan(0);
});
