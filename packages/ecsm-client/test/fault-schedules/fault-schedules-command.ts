// Runs random fault schedules against the client and exits with 1 when one of them breaks a promise:
//   node --conditions=@ecsm/source --import tsx packages/ecsm-client/test/fault-schedules/fault-schedules-command.ts [count] [first seed]
import { leftBehind, runSchedules } from './run-schedule.js';

const count = Number(process.argv[2] ?? 10_000);
const firstSeed = Number(process.argv[3] ?? 1);
const startedAt = performance.now();
const tally = await runSchedules(firstSeed, count);
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
const left = leftBehind();
if (left.length > 0) tally.problems.push(`left behind: ${left.join(', ')}`);
for (const problem of tally.problems) console.error(problem);
console.log(`${count} fault schedules from seed ${firstSeed} in ${seconds} s: ${tally.toString()}`);
process.exitCode = tally.problems.length === 0 ? 0 : 1;
