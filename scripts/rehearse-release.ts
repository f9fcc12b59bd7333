/**
 * Shows what a release would do and does none of it: which versions `lerna version` would write (its question is answered
 * with "no"), and what `pnpm -r publish` would pack and send.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { pnpmCommand, root } from './setup.mjs';

const [pnpm = 'pnpm', ...pnpmArgs] = pnpmCommand();

console.log('== versions: lerna version (answered with no)');
const versions = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'lerna', 'dist', 'cli.js'),
    'version',
    '--no-git-tag-version',
    '--no-push',
    '--allow-branch',
    '*',
  ],
  { cwd: root, input: 'n\n', encoding: 'utf8', env: { ...process.env, NX_DAEMON: 'false' } },
);
console.log(versions.stdout + versions.stderr);
// Lerna ends with 0 whether it had nothing to do or was told no; anything else is a failure.
if (versions.status !== 0) process.exitCode = 1;

console.log('== tarballs: pnpm -r publish --dry-run');
const publish = spawnSync(pnpm, [...pnpmArgs, '-r', 'publish', '--dry-run', '--no-git-checks', '--access', 'public'], {
  cwd: root,
  stdio: 'inherit',
});
if (publish.status !== 0) process.exitCode = 1;
