/** A process that opens a registry, announces every object by its version and watches; it reports its peak memory. */
import { ECSMService } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';

const [, , path = ''] = process.argv;
const registry = await Registry.open({ path });
const versions = new Map<string, string>();
const services = registry.resource(ECSMService);
if (process.argv[3] === 'load') {
  let token: string | undefined;
  do {
    const page = await services.listVersions({ limit: 5_000, ...(token === undefined ? {} : { continue: token }) });
    for (const item of page.items) versions.set(`${item.key.namespace}/${item.key.name}`, item.resourceVersion);
    token = page.continue;
  } while (token !== undefined);
}
const next = services
  .watch({ resourceVersion: String(await registry.store.revision()) })
  [Symbol.asyncIterator]()
  .next();
// What a process needs at its peak, in KiB, as the kernel counted it.
process.send?.({ peakKiB: process.resourceUsage().maxRSS, objects: versions.size });
process.on('disconnect', () => process.exit());
await next;
