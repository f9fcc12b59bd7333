/**
 * Fills and empties clusters by seed: `fill-command.ts FIRST COUNT`. Prints a line for each that fails, and a sum at the end.
 */
import { fillAndEmpty } from './fill-and-empty.js';

const [first = 1, count = 100] = process.argv.slice(2).map(Number);
let failed = 0;
let evictions = 0;
let longestMs = 0;
for (let seed = first; seed < first + count; seed++) {
  try {
    const result = await fillAndEmpty(seed);
    evictions += result.evictions;
    longestMs = Math.max(longestMs, result.restedInMs);
  } catch (error) {
    failed++;
    console.log(String(error));
  }
}
console.log(
  `${count - failed} passed, ${failed} failed; ${evictions} evictions; the slowest came to rest in ${longestMs / 1000} simulated seconds`,
);
process.exitCode = failed === 0 ? 0 : 1;
