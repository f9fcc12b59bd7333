/** What the bundles of `ecsmctl` and `ecsm-operator` have in common. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps the names that are taken from ajv where it is loaded on demand: a CommonJS package would have but a default export. */
export const namesOfAjv = {
  name: 'names of ajv',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^ajv$/ }, ({ kind, resolveDir }) =>
      kind === 'dynamic-import' ? { path: 'ajv', namespace: 'names', pluginData: resolveDir } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'names' }, ({ pluginData: resolveDir }) => ({
      contents: `export { Ajv } from 'ajv';`,
      resolveDir,
    }));
  },
};

/**
 * The licences of what esbuild has put into a bundle from others, as one text to go along with it.
 *
 * @param folder - the folder that the paths of the bundle's metafile are relative to
 */
export function bundledLicences({ inputs }, folder) {
  const packages = new Set(
    Object.keys(inputs).flatMap((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)(?=\/)/.exec(path)?.[0] ?? []),
  );
  const licences = [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8'));
    const file = readdirSync(join(folder, path)).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : readFileSync(join(folder, path, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text}`;
  });
  return licences.join('\n\n');
}
