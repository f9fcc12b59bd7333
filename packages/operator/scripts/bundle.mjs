/**
 * Puts what `ecsm-operator` loads of ours into a few files in dist/bundle, after the build.
 *
 * Each module that Node loads by itself takes memory for as long as the process lives: its text with the comments, what the
 * loader knows of it, what V8 knows of it. For some 450 of ours that comes to several MB (docs/decisions/0016). In the bundle,
 * too, what is not used at rest is loaded on demand; what comes from others and is named in package.json stays where it is
 * installed, and so does the simulator. Names are kept and lines are short, so that a stack tells where it was. bin/ecsm-operator.js
 * takes the bundle when it is newer than every build it was made from. The licences of what is bundled go along.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { bundledLicences, namesOfAjv } from '../../../scripts/bundling.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}dist/bundle`;
const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['dist/main.js'],
  outdir: folder,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The simulator brings a web server, and is loaded for --simulate only.
  external: Object.keys(dependencies).filter((name) => !name.startsWith('@ecsm/') || name === '@ecsm/ecsm-simulator'),
  plugins: [namesOfAjv],
  // Comments go, and with them what keeps V8 from holding a text in one byte a character; names stay, and lines are short.
  minifyWhitespace: true,
  lineLimit: 120,
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(`${folder}/LICENCES.txt`, bundledLicences(metafile, root));
