/**
 * Installs the packages as they would be published into empty projects outside the workspace and uses them: the example of
 * a controller of one's own with its tests and types, the types under NodeNext and bundler resolution, and the commands.
 * Needs the npm registry, and a build (`npm run build`).
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pnpmCommand, root } from './setup.mjs';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  overrides?: Record<string, string>;
}

const [pnpm = 'pnpm', ...pnpmArgs] = pnpmCommand();
const place = mkdtempSync(join(tmpdir(), 'ecsm-tarballs-'));
let failures = 0;

function step(title: string, cwd: string, command: string, ...args: readonly string[]): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  console.log(`${title}: ${status === 0 ? 'ok' : 'FAILED'}`);
  if (status !== 0) {
    console.log(`${stdout}${stderr}`);
    failures++;
  }
  return status === 0;
}

/** Packs every public package; returns where each tarball is. */
function pack(): Record<string, string> {
  const tarballs: Record<string, string> = {};
  for (const folder of readdirSync(join(root, 'packages'))) {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest;
    if (manifest.private === true) continue;
    const before = new Set(readdirSync(place));
    step(
      `pack ${manifest.name}`,
      join(root, 'packages', folder),
      pnpm,
      ...pnpmArgs,
      'pack',
      '--pack-destination',
      place,
    );
    const packed = readdirSync(place).find((file) => !before.has(file));
    if (packed !== undefined) tarballs[manifest.name] = `file:${join(place, packed)}`;
  }
  return tarballs;
}

/** Writes a manifest in which every package of ours is a tarball, also deep inside. */
function writeManifest(
  folder: string,
  manifest: object,
  tarballs: Record<string, string>,
  direct: readonly string[],
): void {
  const dependencies = Object.fromEntries(direct.map((name) => [name, tarballs[name]]));
  const given = manifest as { dependencies?: object };
  const content = { ...manifest, dependencies: { ...given.dependencies, ...dependencies }, overrides: tarballs };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(content, undefined, 2));
}

try {
  const tarballs = pack();
  const install = ['install', '--no-audit', '--no-fund', '--loglevel=error'];

  const stranger = join(place, 'website-controller');
  cpSync(join(root, 'docs/examples/custom-controller'), stranger, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  const example = JSON.parse(readFileSync(join(stranger, 'package.json'), 'utf8')) as Manifest & {
    dependencies: Record<string, string>;
  };
  const direct = Object.keys(example.dependencies).filter((name) => name.startsWith('@ecsm/'));
  writeManifest(stranger, example, tarballs, direct);
  if (step('example: install', stranger, 'npm', ...install)) {
    step('example: types', stranger, 'npx', 'tsc');
    step('example: tests', stranger, 'npx', 'vitest', 'run');
  }

  const user = mkdtempSync(join(place, 'user-'));
  writeManifest(user, { name: 'user', private: true, type: 'module' }, tarballs, Object.keys(tarballs));
  if (step('user: install', user, 'npm', ...install)) {
    const names = Object.keys(tarballs).filter((name) => !/ctl$|operator$|simulator$/.test(name));
    writeFileSync(
      join(user, 'use.ts'),
      names.map((name, index) => `import * as p${index} from '${name}';\nvoid p${index};\n`).join(''),
    );
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const types = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2023',
      '--lib',
      'es2023,esnext.disposable,dom',
    ];
    step('user: types under NodeNext', user, process.execPath, tsc, ...types, '--module', 'nodenext', 'use.ts');
    step(
      'user: types under bundler',
      user,
      process.execPath,
      tsc,
      ...types,
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      'use.ts',
    );
    for (const name of names)
      step(`user: import ${name}`, user, process.execPath, '--input-type=module', '-e', `await import('${name}')`);
    for (const name of ['ecsmctl', 'ecsm-cli', 'ecsm-operator', 'ecsm-simulator'])
      step(`user: ${name} --version`, user, 'npx', '--no', '--', name, '--version');
    step(
      'user: the whole path',
      user,
      'npx',
      '--no',
      '--',
      'ecsm-operator',
      '--simulate',
      '--manifests',
      join(root, 'docs/examples/manifests'),
      '--once',
    );
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
console.log(failures === 0 ? 'everything works from the tarballs' : `${failures} steps failed`);
process.exitCode = failures === 0 ? 0 : 1;
