/**
 * Puts everything that `ecsmctl` loads into a few files in dist/bundle, after the build.
 *
 * Most of the time a command takes goes into finding, reading and compiling some 200 modules; from the bundle `get es` takes
 * a third of it. What that command and help need is one file; every other command finds its own parts beside it. The files
 * are CommonJS, for which Node has less to load before it begins. bin/start.js takes the bundle when it is newer than every
 * build it was made from, so an old one is never run. What V8 compiles for `get es` is kept beside it, for the Node this runs on;
 * another Node compiles anew. The licences of what is bundled go along.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, transform } from 'esbuild';

import { bundledLicences, namesOfAjv } from '../../../scripts/bundling.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}dist/bundle`;
const target = 'node20.19';
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** A function that loads what it calls when it is first called. */
const onFirstCall = (path, name) => `export const ${name} = (...args) => loadNow('${path}').${name}(...args);`;

/** The same for a compiled validator, which tells its findings in a property of its own. */
const validatorOnFirstCall = (name) => `export const ${name} = Object.defineProperty(
  (value) => loadNow('./validators.cjs').${name}(value),
  'errors',
  { get: () => loadNow('./validators.cjs').${name}.errors },
);`;

const validators = '../api-types/dist/generated/validators.js';
const validatorNames = Object.keys(await import(new URL(`../${validators}`, import.meta.url)));

/** Stands in for modules that cost time and that most commands never use. */
const substitutes = {
  name: 'substitutes',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:crypto$/ }, ({ path }) => ({ path, namespace: 'substitute' }));
    onLoad({ filter: /.*/, namespace: 'substitute' }, () => ({
      contents: ['createHash', 'randomBytes', 'randomUUID'].map((name) => onFirstCall('node:crypto', name)).join('\n'),
    }));
    onLoad({ filter: /api-types\/dist\/generated\/validators\.js$/ }, () => ({
      contents: validatorNames.map(validatorOnFirstCall).join('\n'),
    }));
    onLoad({ filter: /ecsmctl\/dist\/version\.js$/ }, () => ({
      contents: `export const version = '${readJson(`${root}package.json`).version}';`,
    }));
  },
};

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['dist/main.js'],
  outdir: folder,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target,
  // The native module stays where it is installed, which is why this package depends on it too.
  external: ['better-sqlite3'],
  inject: ['scripts/monotonic-clock.js'],
  plugins: [namesOfAjv, substitutes],
  // Less to read and compile.
  minify: true,
  metafile: true,
  write: false,
  logLevel: 'warning',
});

/** The parts of the program as CommonJS, by file name. */
const parts = new Map();
for (const { path, text } of outputFiles) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target,
    minify: true,
    // Modules ask for their address only to load others from there, for which a path will do.
    define: { loadNow: 'require', 'import.meta.url': '__filename' },
    supported: { 'dynamic-import': false },
  });
  parts.set(basename(path), code);
}

/** The parts that must be there before these can run, themselves included. */
function closureOf(names, outputs) {
  const found = new Set(names);
  for (const name of found) {
    for (const { path, kind } of outputs[`dist/bundle/${name}`].imports)
      if (kind === 'import-statement' && parts.has(basename(path))) found.add(basename(path));
  }
  return found;
}

/** The part that was made for a module which is loaded on demand. */
function partOf(module, outputs) {
  const [path] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === module);
  return basename(path);
}

const { outputs } = metafile;
const onEveryWay = [
  'dist/main.js',
  'dist/cli/create-invocation.js',
  'dist/cli/open-registry.js',
  'dist/commands/get.js',
];
const together = closureOf(
  onEveryWay.map((module) => partOf(module, outputs)),
  outputs,
);

/** Parts in one file, each a function that runs when it is first asked for; the others ask this file for them. */
const linked = `'use strict';
const parts = {${[...together].map((name) => `'./${name}': (require, module, exports) => {${parts.get(name)}}`).join(',\n')}};
const loaded = {};
const load = (name) => {
  if (!Object.hasOwn(parts, name)) return require(name);
  if (loaded[name] === undefined) parts[name](load, (loaded[name] = { exports: {} }), loaded[name].exports);
  return loaded[name].exports;
};
exports.load = load;
load('./main.cjs');
`;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/main.cjs`, linked);
for (const [name, code] of parts) {
  if (together.has(name)) continue;
  const relinked = code.replace(/require\("(\.\/[^"]+)"\)/g, (call, path) =>
    together.has(basename(path)) ? `require("./main.cjs").load("${path}")` : call,
  );
  writeFileSync(`${folder}/${name}`, relinked);
}
await build({
  absWorkingDir: root,
  entryPoints: [validators],
  outfile: `${folder}/validators.cjs`,
  format: 'cjs',
  target,
  minify: true,
});

writeFileSync(`${folder}/LICENCES.txt`, bundledLicences(metafile, root));

/** Runs a script in a process of its own, on a registry that is thrown away. */
function runWith(registry, script, args, input) {
  const env = { PATH: process.env.PATH, HOME: join(registry, '..'), ECSMCTL_REGISTRY: registry };
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { env, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the bundle failed at ${args.join(' ')}: ${stderr}`);
}

const example = {
  apiVersion: 'ecsm.sh/v1',
  kind: 'ECSMService',
  metadata: { name: 'example' },
  spec: {
    deploymentStrategy: { type: 'Dynamic', replicas: 1, nodePool: ['node'] },
    template: { image: 'example@1.0.0#sylixos' },
  },
};
const scratch = mkdtempSync(join(tmpdir(), 'ecsmctl-bundle-'));
try {
  const registry = join(scratch, 'registry.db');
  runWith(registry, `${folder}/main.cjs`, ['apply', '-f', '-'], JSON.stringify(example));
  runWith(registry, `${root}scripts/keep-code.cjs`, ['get', 'es']);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
