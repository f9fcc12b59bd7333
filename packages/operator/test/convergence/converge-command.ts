/**
 * `npm run converge -- --runs N --seed S`: runs N seeded scenarios from seed S on. Prints a line for each that fails, and a sum
 * at the end; a failed one is run again by its seed alone.
 */
import { parseArgs } from 'node:util';

import { runCalmRollouts } from './calm-rollouts.js';
import { runScenario } from './scenario.js';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
const first = Number(values.seed);
const runs = Number(values.runs);
let failed = 0;
let judgedCalls = 0;
let slowest = { seed: 0, settledInMs: 0, polls: 0 };
for (let seed = first; seed < first + runs; seed++) {
  try {
    const { settledInMs, polls, judged } = await runScenario(seed);
    judgedCalls += judged;
    if (polls > slowest.polls) slowest = { seed, settledInMs, polls };
    await runCalmRollouts(seed);
  } catch (error) {
    failed++;
    console.log(String(error));
  }
  const done = seed - first + 1;
  if (done % 50 === 0) console.error(`${done} of ${runs}, ${failed} failed`);
}
console.log(
  `${runs - failed} passed, ${failed} failed; ${judgedCalls} calls were held against the bounds; the slowest (seed ${slowest.seed}) came to rest after ` +
    `${slowest.polls} looks at the platform in ${slowest.settledInMs / 1000} simulated seconds`,
);
process.exitCode = failed === 0 ? 0 : 1;
