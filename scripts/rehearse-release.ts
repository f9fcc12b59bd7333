/**
 * Shows what a release would do and does none of it here: in a clone, `lerna version` writes the versions and changelogs that
 * the commits ask for, which are printed; then `pnpm -r publish --dry-run` says what would be packed and sent.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pnpmCommand, root } from './setup.mjs';
import { publicPackages, readManifest, run } from './tarballs.js';

const [pnpm = 'pnpm', ...pnpmArgs] = pnpmCommand();

function rehearseVersions(clone: string): void {
  const cloned = run(root, 'git', ['clone', '--quiet', '--no-hardlinks', root, clone]);
  if (!cloned.ok) throw new Error(`the checkout could not be cloned\n${cloned.output}`);
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  const lerna = join(root, 'node_modules', 'lerna', 'dist', 'cli.js');
  const options = ['--yes', '--no-git-tag-version', '--no-push', '--ignore-scripts', '--allow-branch', '*'];
  const versions = run(clone, process.execPath, [lerna, 'version', ...options], { NX_DAEMON: 'false', CI: 'true' });
  if (!versions.ok) {
    console.log(versions.output);
    process.exitCode = 1;
  }
  for (const { folder, name, version } of publicPackages()) {
    const changelog = join(clone, 'packages', folder, 'CHANGELOG.md');
    const next = readManifest(join(clone, 'packages', folder)).version;
    console.log(next === version ? `\n${name} stays at ${version}` : `\n${name} ${version} → ${next}`);
    if (next !== version && existsSync(changelog)) {
      const [, newest = ''] = readFileSync(changelog, 'utf8').split(/^(?=##? \[?\d)/m);
      console.log(newest.trim().split('\n').slice(1).join('\n'));
    }
  }
}

const place = mkdtempSync(join(tmpdir(), 'ecsm-release-'));
try {
  console.log('== versions and changelogs: lerna version');
  rehearseVersions(join(place, 'checkout'));
} finally {
  rmSync(place, { recursive: true, force: true });
}

console.log('\n== tarballs: pnpm -r publish --dry-run');
const publish = spawnSync(pnpm, [...pnpmArgs, '-r', 'publish', '--dry-run', '--no-git-checks', '--access', 'public'], {
  cwd: root,
  stdio: 'inherit',
});
if (publish.status !== 0) process.exitCode = 1;
