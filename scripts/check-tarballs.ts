/**
 * Installs the packages as they would be published into empty projects outside the workspace and uses them: the example of
 * a controller of one's own with its tests and types, the types under NodeNext and bundler resolution, and the commands.
 * Needs the npm registry, and a build (`npm run build`).
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from './setup.mjs';
import { npmInstall, packAll, readManifest, run, writeProject } from './tarballs.js';

const place = mkdtempSync(join(tmpdir(), 'ecsm-tarballs-'));
let failures = 0;

function step(title: string, cwd: string, command: string, ...args: readonly string[]): boolean {
  const startedAt = Date.now();
  const { ok, output } = run(cwd, command, args);
  console.log(`${title}: ${ok ? 'ok' : 'FAILED'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (ok) return true;
  console.log(output);
  failures++;
  return false;
}

/** A stranger's package: a controller of his own, with its tests. */
function tryExample(tarballs: Readonly<Record<string, string>>): void {
  const folder = join(place, 'website-controller');
  cpSync(join(root, 'docs/examples/custom-controller'), folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  const example = readManifest(folder);
  const direct = Object.keys(example.dependencies ?? {}).filter((name) => name.startsWith('@ecsm/'));
  writeProject(folder, example, tarballs, direct);
  if (!step('example: install', folder, 'npm', ...npmInstall)) return;
  step('example: types', folder, 'npx', 'tsc');
  step('example: tests', folder, 'npx', 'vitest', 'run');
}

/** A user of everything there is. */
function tryEverything(tarballs: Readonly<Record<string, string>>): void {
  const folder = join(place, 'user');
  writeProject(folder, { name: 'user' }, tarballs, Object.keys(tarballs));
  if (!step('user: install', folder, 'npm', ...npmInstall)) return;
  const names = Object.keys(tarballs);
  writeFileSync(
    join(folder, 'use.ts'),
    names.map((name, index) => `import * as p${index} from '${name}';\nvoid p${index};\n`).join(''),
  );
  const node = process.execPath;
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const types = '--noEmit --strict --skipLibCheck --target es2023 --lib es2023,esnext.disposable,dom'.split(' ');
  step('user: types under NodeNext', folder, node, tsc, ...types, '--module', 'nodenext', 'use.ts');
  const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'];
  step('user: types under bundler', folder, node, tsc, ...types, ...bundler, 'use.ts');
  for (const name of names)
    step(`user: import ${name}`, folder, node, '--input-type=module', '-e', `await import('${name}')`);
  for (const name of ['ecsmctl', 'ecsm-cli', 'ecsm-operator', 'ecsm-simulator'])
    step(`user: ${name} --version`, folder, 'npx', '--no', '--', name, '--version');
  const wholePath = ['--simulate', '--manifests', join(root, 'docs/examples/manifests'), '--once'];
  step('user: the whole path', folder, 'npx', '--no', '--', 'ecsm-operator', ...wholePath);
}

try {
  const tarballs = packAll(join(place, 'tarballs'));
  tryExample(tarballs);
  tryEverything(tarballs);
} finally {
  rmSync(place, { recursive: true, force: true });
}
console.log(failures === 0 ? 'everything works from the tarballs' : `${failures} steps failed`);
process.exitCode = failures === 0 ? 0 : 1;
