/**
 * `npm run bench -- NAME [--json]`: sets the checkout up and runs the benchmarks of one package; without a name, lists them.
 *
 * What is measured are the built packages, as users run them: only the benchmarks themselves are translated on the way,
 * by a tool whose helpers cost a few per cent in hot closures.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { root, setup } from './setup.mjs';

await setup();
const main = join(root, 'packages', 'bench', 'src', 'main.ts');
const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', main, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
