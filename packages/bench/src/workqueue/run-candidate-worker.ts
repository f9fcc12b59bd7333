/** A process of its own for one candidate, so that memory and warmed-up code of one do not count for another. */
import { candidates, type Scenario } from './candidates.js';

const [name = '', scenario = 'distinct', count = '0'] = process.argv.slice(2) as [string?, Scenario?, string?];
const candidate = candidates[name];
if (candidate === undefined) throw new TypeError(`no candidate "${name}"`);

const keys = Array.from({ length: Number(count) }, (_, n) =>
  scenario === 'distinct' ? `default/service-${n}` : `default/service-${n % 1000}`,
);
await candidate(keys.slice(0, 20_000));
globalThis.gc?.();
const before = process.memoryUsage.rss();
let peak = before;
const cpuBefore = process.cpuUsage();
const running = candidate(keys);
peak = Math.max(peak, process.memoryUsage.rss());
const runs = await running;
const { user, system } = process.cpuUsage(cpuBefore);
// Time of the processor, garbage collection included: time on the wall says more about what else runs on the machine.
const seconds = (user + system) / 1e6;
peak = Math.max(peak, process.resourceUsage().maxRSS * 1024);
process.send?.({ perSecond: keys.length / seconds, grownBytes: peak - before, peakBytes: peak, runs });
