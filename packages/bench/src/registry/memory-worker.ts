/** A process that opens a registry, notes the version of every object if told to, and watches; it reports its peak memory. */
import { readFileSync } from 'node:fs';

import { ECSMService } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';

const [, , path = '', mode] = process.argv;
const registry = await Registry.open({ path });
const versions = new Map<string, string>();
const services = registry.resource(ECSMService);
let resourceVersion = String(await registry.store.revision());
if (mode === 'load') {
  let token: string | undefined;
  do {
    const page = await services.listVersions({ limit: 5_000, ...(token === undefined ? {} : { continue: token }) });
    for (const item of page.items) versions.set(`${item.key.namespace}/${item.key.name}`, item.resourceVersion);
    resourceVersion = page.resourceVersion;
    token = page.continue;
  } while (token !== undefined);
}
const watch = services.watch({ resourceVersion, allowBookmarks: true })[Symbol.asyncIterator]();
// The first bookmark says that the watch is at work and has missed nothing.
const first = await watch.next();
if (first.done === true || first.value.type !== 'bookmark') throw new Error('nothing was to change');
// Not resourceUsage().maxRSS, which begins with what the process that started this one needed.
const [, peakKiB] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
process.send?.({ peakKiB: Number(peakKiB), objects: versions.size });
process.on('disconnect', () => process.exit());
await watch.next();
