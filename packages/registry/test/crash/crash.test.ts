import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../store/helpers.js';
import { runCrashRounds } from './crash-rounds.js';

it('loses no acknowledged write when processes are killed at random moments', async () => {
  await using folder = await temporaryFolder();
  const report = await runCrashRounds({ path: join(folder.path, 'registry.db'), rounds: 5, seed: 42 });
  expect(report.problems).toEqual([]);
  expect(report.acknowledged + report.finished).toBeGreaterThan(0);
}, 120_000);
