/**
 * The crash test as a command: `pnpm crash-test --rounds 1000 --seed 1`. Several processes write into one registry file
 * and are killed at random moments; after each round the file is opened and compared with what was acknowledged.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCrashRounds } from './crash-rounds.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    writers: { type: 'string', default: '3' },
  },
});
const [rounds, seed, writers] = [Number(values.rounds), Number(values.seed), Number(values.writers)];
const folder = await mkdtemp(join(tmpdir(), 'ecsm-crash-'));
const started = performance.now();
const report = await runCrashRounds({
  path: join(folder, 'registry.db'),
  rounds,
  seed,
  writers,
  onRound: (round, { acknowledged, problems }) => {
    if (round % 50 === 0)
      console.log(`${round} rounds, ${acknowledged} commits acknowledged, ${problems.length} problems`);
  },
});
const seconds = Math.round((performance.now() - started) / 1_000);
for (const problem of report.problems) console.error(problem);
console.log(
  `${report.rounds} rounds with ${writers} writers (seed ${seed}) in ${seconds} s: ${report.acknowledged} commits acknowledged, ` +
    `${report.finished} more done when killed, ${report.problems.length} problems`,
);
if (report.problems.length === 0) await rm(folder, { recursive: true });
else console.error(`the file is kept in ${folder}`);
process.exitCode = report.problems.length === 0 ? 0 : 1;
