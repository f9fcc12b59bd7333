/**
 * `npm run bench -- NAME [--json]`: sets the checkout up and runs the benchmarks of one package; without a name, lists them.
 *
 * What is measured are the built packages, as users run them, by benchmarks that are built as well: nothing is translated
 * on the way.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { root, setup } from './setup.mjs';

const folder = join(root, 'packages', 'bench');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

await setup();
const { status } = spawnSync(process.execPath, [tsc, '-b', folder], { stdio: 'inherit' });
if (status !== 0) process.exit(1);
const main = join(folder, 'dist', 'main.js');
const child = spawn(process.execPath, ['--expose-gc', main, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
