/**
 * `npm run soak -- --services N --days D --seed S [--poll-interval SECONDS] [--latency MS] [--rest-hours H] [--minutes M]`: lets the
 * daemon drive a simulated platform for days of virtual time, disturbed at random. Prints a line for each day, then what the heap and the
 * rest came to; ends with 1 when something grows that must not, or the rest is not silent.
 */
import { parseArgs } from 'node:util';

import { judge, mostGrowth } from './judge.js';
import { newsIntervalMs } from './soak-system.js';
import { soak, type SoakDay } from './soak.js';

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '100' },
    days: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    'poll-interval': { type: 'string', default: '30' },
    latency: { type: 'string', default: '0' },
    'rest-hours': { type: 'string', default: '6' },
    // Of the time on the wall: no day begins after them.
    minutes: { type: 'string', default: 'Infinity' },
  },
});
if (globalThis.gc === undefined) throw new Error('run node with --expose-gc, or the heap says nothing');
let warnings = 0;
process.on('warning', () => warnings++);
const startedMs = performance.now();
const pollIntervalMs = Number(values['poll-interval']) * 1000;
console.log(
  `${values.services} services, ${values.days} days, seed ${values.seed}; at rest the platform is looked at every ` +
    `${pollIntervalMs / 1000} s (30 unless told otherwise), a request takes ${values.latency} ms, the registry's file for other processes every ${newsIntervalMs / 1000} s (not 1)`,
);
const report = await soak({
  services: Number(values.services),
  days: Number(values.days),
  seed: Number(values.seed),
  restHours: Number(values['rest-hours']),
  pollIntervalMs,
  latencyMs: Number(values.latency),
  mayGoOn: () => performance.now() - startedMs < Number(values.minutes) * 60_000,
  onDay: (day) => console.log(line(day)),
});
const { held, problems } = judge(report);
const { rest, handles } = report;
const mean = (pick: (day: SoakDay) => number | undefined): string => {
  const sum = report.days.reduce((all, day) => all + (pick(day) ?? NaN), 0);
  return Number.isNaN(sum) ? 'not told by this system' : (sum / report.days.length).toFixed(0);
};
console.log(
  `a day: ${mean((day) => day.disturbances)} disturbances, ${mean((day) => day.logLines)} log lines of ` +
    `${mean((day) => day.logBytes)} bytes, ${mean((day) => day.registryWrites)} registry revisions, ` +
    `${mean((day) => day.diskBytes)} bytes to disk`,
);
console.log(
  `${rest.hours} hours of rest: ${rest.logLines} log lines, ${rest.registryWrites} registry revisions, ` +
    `${rest.diskBytes ?? 'unknown'} bytes to disk, ${rest.platformWrites} writes to the platform, ${rest.requests} requests`,
);
console.log(
  held === undefined
    ? 'heap: too few days for a slope'
    : `heap without compiled code: ${held.perDay.toFixed(0)} ± ${held.error.toFixed(0)} bytes a day of ` +
        `${held.mean.toFixed(0)} (${((100 * held.perDay) / held.mean).toFixed(3)} %, ${100 * mostGrowth} % may be)`,
);
console.log(`handles before ${JSON.stringify(handles.before)}, after the end ${JSON.stringify(handles.after)}`);
if (warnings > 0) problems.push(`${warnings} warnings of Node.js`);
const { user, system } = process.cpuUsage();
console.log(
  `took ${((performance.now() - startedMs) / 1000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of CPU`,
);
console.log(problems.length === 0 ? 'nothing leaks' : problems.map((problem) => `PROBLEM: ${problem}`).join('\n'));
process.exitCode = problems.length === 0 ? 0 : 1;

function line({ day, heapUsed, compiled, rss, handles: kinds, diskBytes, ...rest }: SoakDay): string {
  const mebi = (bytes: number): string => (bytes / 2 ** 20).toFixed(2);
  const count = Object.values(kinds).reduce((sum, each) => sum + each, 0);
  return (
    `day ${day}: heap ${mebi(heapUsed)} MiB (${mebi(compiled)} compiled), rss ${mebi(rss)} MiB, ${count} handles, ${rest.listeners} listeners, ` +
    `${rest.timers} timers; ${rest.disturbances} disturbances, ${rest.requests} requests, ${rest.logLines} log lines ` +
    `(${rest.logBytes} B), ${rest.registryWrites} revisions, ${diskBytes ?? '?'} B to disk`
  );
}
