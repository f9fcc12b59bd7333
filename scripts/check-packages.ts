/**
 * Packs every public package as it would be published and checks the tarball: publint for its manifest, attw for its
 * types. Run after a build.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from './setup.mjs';
import { pack, publicPackages, run } from './tarballs.js';

const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const target = mkdtempSync(join(tmpdir(), 'ecsm-pack-'));
let failures = 0;
try {
  for (const each of publicPackages()) {
    const { tarball, ...packed } = pack(each, target);
    const steps = [{ name: 'pack', ok: packed.ok && tarball !== undefined, output: packed.output }];
    if (tarball !== undefined) {
      steps.push({ name: 'publint', ...run(root, bin('publint'), ['run', tarball, '--strict']) });
      steps.push({
        name: 'attw',
        ...run(root, bin('attw'), [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji']),
      });
    }
    const broken = steps.filter((step) => !step.ok);
    console.log(
      `${each.name}: ${broken.length === 0 ? 'ok' : `failed: ${broken.map((step) => step.name).join(', ')}`}`,
    );
    for (const step of broken) console.log(step.output);
    failures += broken.length;
  }
} finally {
  rmSync(target, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
