/**
 * `npm start`: sets the checkout up, then runs the operator with the simulator in the same process and the example
 * manifests applied. Arguments are the operator's own: `npm start -- --once`, `npm start -- --registry FILE`.
 */
import { join } from 'node:path';

import { root, setup } from './setup.mjs';

await setup();
const manifests = join(root, 'docs', 'examples', 'manifests');
process.argv = [process.argv[0], 'ecsm-operator', '--simulate', '--manifests', manifests, ...process.argv.slice(2)];
await import('../packages/operator/dist/main.js');
