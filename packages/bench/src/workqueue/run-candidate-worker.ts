/** A process of its own for one candidate, so that memory and warmed-up code of one do not count for another. */
import { candidates, type Scenario } from './candidates.js';

const [name = '', scenario = 'distinct', count = '0'] = process.argv.slice(2) as [string?, Scenario?, string?];
const candidate = candidates[name];
if (candidate === undefined) throw new TypeError(`no candidate "${name}"`);

// Keys as they come from a store or the network. One that was just put together from parts is still those parts in
// memory, and putting them in one piece would be counted as time and memory of the first who looks at it: of ours alone,
// since the peers never look at what they carry.
const keys = Array.from({ length: Number(count) }, (_, n) =>
  Buffer.from(`default/service-${scenario === 'distinct' ? n : n % 1000}`).toString('latin1'),
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
