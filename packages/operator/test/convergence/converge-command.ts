/**
 * Runs seeded scenarios: `converge-command.ts FIRST COUNT`. Prints a line for each that fails, and a sum at the end.
 */
import { runCalmRollouts } from './calm-rollouts.js';
import { runScenario } from './scenario.js';

const [first = 1, count = 100] = process.argv.slice(2).map(Number);
let failed = 0;
let longestMs = 0;
for (let seed = first; seed < first + count; seed++) {
  try {
    const { settledInMs } = await runScenario(seed);
    longestMs = Math.max(longestMs, settledInMs);
    await runCalmRollouts(seed);
  } catch (error) {
    failed++;
    console.log(String(error));
  }
}
console.log(
  `${count - failed} passed, ${failed} failed; the slowest came to rest in ${longestMs / 1000} simulated seconds`,
);
process.exitCode = failed === 0 ? 0 : 1;
