/**
 * Puts everything that `ecsmctl` loads into a few files in dist/bundle, after the build.
 *
 * Most of the time a command takes goes into finding and reading some 200 modules one by one; from the bundle `get es`
 * starts in less than half of it. bin/ecsmctl.js takes the bundle when it is newer than every build it was made from, so an old
 * one is never run. The licences of what is bundled go along.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

/** The native module stays where it is installed: as a dependency of the registry, not of this package. */
const nativeModules = {
  name: 'native-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^better-sqlite3$/ }, ({ path }) => ({ path, namespace: 'native' }));
    onLoad({ filter: /.*/, namespace: 'native' }, ({ path }) => ({
      contents: `import { createRequire } from 'node:module';
        const registry = createRequire(import.meta.url).resolve('@ecsm/registry/package.json');
        export default createRequire(registry)('${path}');`,
    }));
  },
};

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}/dist/bundle`, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['dist/main.js'],
  outdir: 'dist/bundle',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  plugins: [nativeModules],
  // CommonJS packages in the bundle may ask for Node's own modules.
  banner: {
    js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
  },
  // Less to read and parse; names stay, so that traces can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
});

const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)(?=\/)/.exec(path)?.[0] ?? []),
);
const licences = [...packages].sort().map((path) => {
  const { name, version, license } = JSON.parse(readFileSync(`${root}/${path}/package.json`, 'utf8'));
  const file = readdirSync(`${root}/${path}`).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(`${root}/${path}/${file}`, 'utf8')}`;
});
writeFileSync(`${root}/dist/bundle/LICENCES.txt`, licences.join('\n\n'));
