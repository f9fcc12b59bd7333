/**
 * Packs every public package as it would be published and checks the tarball: publint for its manifest, attw for its
 * types. Run after a build.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pnpmCommand, root } from './setup.mjs';

function run(command: string, args: readonly string[], cwd = root): { readonly ok: boolean; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

function isPublic(folder: string): boolean {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as {
    private?: boolean;
  };
  return manifest.private !== true;
}

const [pnpm = 'pnpm', ...pnpmArgs] = pnpmCommand();
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const target = mkdtempSync(join(tmpdir(), 'ecsm-pack-'));
let failures = 0;
try {
  for (const folder of readdirSync(join(root, 'packages')).filter(isPublic)) {
    const packed = run(pnpm, [...pnpmArgs, 'pack', '--pack-destination', target], join(root, 'packages', folder));
    const tarball = readdirSync(target).find(
      (file) => file.startsWith(`ecsm-${folder}-`) && /-\d/.test(file.slice(`ecsm-${folder}`.length)),
    );
    const steps = [
      { name: 'pack', ...packed },
      ...(tarball === undefined
        ? []
        : [
            { name: 'publint', ...run(bin('publint'), ['run', join(target, tarball), '--strict']) },
            {
              name: 'attw',
              ...run(bin('attw'), [join(target, tarball), '--profile', 'esm-only', '--no-color', '--no-emoji']),
            },
          ]),
    ];
    const broken = steps.filter((step) => !step.ok);
    console.log(
      `@ecsm/${folder}: ${broken.length === 0 ? 'ok' : `failed: ${broken.map((step) => step.name).join(', ')}`}`,
    );
    for (const step of broken) console.log(step.output);
    failures += broken.length;
  }
} finally {
  rmSync(target, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
