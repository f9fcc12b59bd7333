/**
 * 100 producers and 20 workers on one queue of many keys: `many-workers-command.ts KEYS SEED`. Prints what was seen and
 * fails when a key ran twice at a time, never, or not again after it was last added.
 */
import { runManyWorkers } from './helpers/run-many-workers.js';

const [keys = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
const report = await runManyWorkers({ producers: 100, workers: 20, keys, adds: 2 * keys, seed });
console.log(`${keys} keys added ${2 * keys} times by 100 producers, run by 20 workers, seed ${seed}:`, report);
const { overlaps, keysNeverRun, keysRunBeforeLastAdd } = report;
process.exitCode = overlaps + keysNeverRun + keysRunBeforeLastAdd === 0 ? 0 : 1;
