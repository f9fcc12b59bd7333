import { ecsmScheme } from '@ecsm/api-types';
import { Manager } from '@ecsm/controller-runtime';
import { Registry } from '@ecsm/registry';

import { addWebsiteController } from './website-controller.js';
import { Website } from './website.js';

const path = process.argv[2] ?? 'websites.db';
await using registry = await Registry.open({ path, scheme: ecsmScheme.with(Website) });
await using manager = new Manager({ clients: registry });
addWebsiteController(manager);

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
console.log(`websites in ${path} are looked after; Ctrl-C ends it`);
await manager.run({ signal: stop.signal });
