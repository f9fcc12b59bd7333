/**
 * Runs seeded courses of loads: `scaling-command.ts FIRST COUNT HOURS`. Prints a line for each that breaks a rule, and a sum
 * at the end.
 */
import { runScalingScenario } from './scaling-scenario.js';

const [first = 1, count = 100, hours = 48] = process.argv.slice(2).map(Number);
let failed = 0;
let changes = 0;
let disturbances = 0;
for (let seed = first; seed < first + count; seed++) {
  try {
    const { scales, steps } = await runScalingScenario(seed, hours);
    changes += scales.length;
    disturbances += steps.length;
  } catch (error) {
    failed++;
    console.log(String(error));
  }
}
console.log(
  `${count - failed} of ${count} courses of ${hours} simulated hours passed: ${disturbances} disturbances, ${changes} changes of scale`,
);
process.exitCode = failed === 0 ? 0 : 1;
