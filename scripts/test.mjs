/**
 * `npm test`: sets the checkout up and runs every test. Arguments are vitest's own: `npm test -- packages/registry`.
 * The counts are left in node_modules/.cache/test-results.json for whoever adds them up.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { root, setup } from './setup.mjs';

await setup();
const results = join(root, 'node_modules', '.cache', 'test-results.json');
rmSync(results, { force: true });
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const child = spawn(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
child.on('close', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
