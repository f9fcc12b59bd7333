import { ecsmScheme } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';

import { Website } from './website.js';

const [name = 'blog', path = 'websites.db'] = process.argv.slice(2);
await using registry = await Registry.open({ path, scheme: ecsmScheme.with(Website) });
const websites = registry.resource(Website);

const { metadata } = await websites.create({
  apiVersion: 'example.dev/v1',
  kind: 'Website',
  metadata: { name, namespace: 'default' },
  spec: { image: `${name}@1.0`, visitors: 'few' },
});
console.log(`website ${name} is declared`);
for await (const event of websites.watch({ resourceVersion: metadata.resourceVersion })) {
  if (event.type === 'bookmark' || event.object.metadata.uid !== metadata.uid) continue;
  const [ready] = event.object.status?.conditions ?? [];
  if (ready === undefined) continue;
  console.log(`${ready.type} is ${ready.status}: ${ready.reason}, ${ready.message}`);
  break;
}
