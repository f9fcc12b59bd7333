/**
 * `npm run bench -- NAME [--json]`: sets the checkout up and runs the benchmarks of one package; without a name, lists them.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { root, setup } from './setup.mjs';

await setup();
const main = join(root, 'packages', 'bench', 'src', 'main.ts');
const child = spawn(
  process.execPath,
  ['--expose-gc', '--conditions=@ecsm/source', '--import', 'tsx', main, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
