/**
 * Writes docs/reference/licences.md: what installing each published package brings along, under which licences, and how large
 * it is, read from the packages as they are installed here. Refuses licences that oblige whoever ships a product to more than
 * to name them. With `--check` writes nothing and fails when the page is out of step.
 * Every direct dependency must have its reason in docs/decisions/dependencies.md.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { generatedFile, row, table } from './docs/generated-file.js';
import { root } from './setup.mjs';
import { publicPackages, readManifest, type Manifest } from './tarballs.js';

interface Installed extends Manifest {
  readonly folder: string;
  readonly license?: string | { readonly type?: string };
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly author?: string | { readonly name?: string };
}

/** Licences that ask for their text to be kept, and no more. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** The folder that `name` is installed in, as seen from another package. */
function find(name: string, from: string): string | undefined {
  for (let place = from; ; place = dirname(place)) {
    const candidate = join(place, 'node_modules', name);
    if (existsSync(candidate)) return realpathSync(candidate);
    if (place === dirname(place)) return undefined;
  }
}

/** Everything that a package needs to run, itself left out, by folder. */
function closure(folder: string, found = new Map<string, Installed>()): Map<string, Installed> {
  const { dependencies, optionalDependencies } = readManifest(folder) as Installed;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const installed = find(name, folder);
    if (installed === undefined) {
      if (optionalDependencies?.[name] !== undefined) continue; // of another operating system
      throw new Error(`${name}, which ${folder} needs, is not installed: run npm run setup first`);
    }
    if (found.has(installed)) continue;
    found.set(installed, { ...(readManifest(installed) as Installed), folder: installed });
    closure(installed, found);
  }
  return found;
}

function licenceOf({ license }: Installed): string {
  return typeof license === 'string' ? license : (license?.type ?? 'none named');
}

/** Whether one of the licences offered (`A OR B`), or all that apply (`A AND B`), oblige to nothing but naming. */
function isPermissive(licence: string): boolean {
  const plain = licence.replaceAll(/[()]/g, '');
  return plain.split(' OR ').some((offer) => offer.split(' AND ').every((each) => permissive.has(each.trim())));
}

/** Bytes of the files of a package, without what it depends on. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + sizeOf(path);
    return entry.isFile() ? sum + lstatSync(path).size : sum;
  }, 0);
}

const ours = publicPackages().map((each) => {
  const closed = closure(join(root, 'packages', each.folder));
  return {
    name: each.name,
    foreign: [...closed.values()].filter(({ name }) => !name.startsWith('@ecsm/')),
    all: closed,
  };
});
const foreign = new Map(ours.flatMap((each) => each.foreign).map((each) => [`${each.name} ${each.version}`, each]));
const sorted = [...foreign.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
const users = (folder: string): string =>
  ours
    .filter((each) => each.foreign.some((installed) => installed.folder === folder))
    .map(({ name }) => name.slice('@ecsm/'.length))
    .join(', ');

/** In tenths of a megabyte: builds of the native module differ by less. */
function megabytes(bytes: number): string {
  const tenths = Math.round(bytes / 1e5);
  return tenths === 0 ? '< 0.1 MB' : `${(tenths / 10).toFixed(1)} MB`;
}

const refused = sorted.filter((each) => !isPermissive(licenceOf(each)));
for (const each of refused) {
  console.error(
    `${each.name} ${each.version}, used by ${users(each.folder)}, is under ${licenceOf(each)}: not a licence we take`,
  );
  process.exitCode = 1;
}

const reasons = readFileSync(join(root, 'docs/decisions/dependencies.md'), 'utf8');
const direct = new Set(publicPackages().flatMap(({ dependencies = {} }) => Object.keys(dependencies)));
for (const name of [...direct].filter((each) => !each.startsWith('@ecsm/') && !reasons.includes(each))) {
  console.error(`docs/decisions/dependencies.md: no line says why ${name} is there`);
  process.exitCode = 1;
}

await generatedFile(
  'docs/reference/licences.md',
  `# Licences and footprint

<!-- Written by scripts/generate-licences.ts: run \`npm run generate\` after a change of dependencies. -->

Our own packages are under [Apache-2.0](../../LICENSE). What they bring along when they are installed is below: nothing of it
obliges whoever ships a product to more than keeping its licence text; \`npm run check:generated\` refuses anything else.
Why each direct dependency is there is told in [dependencies](../decisions/dependencies.md).

## What installing a package brings along

What the programs take on disk, all together, installed by npm on Linux x64 under Node.js 22 in November 2026:

${table(
  ['program', 'packages, ours included', 'on disk', 'of that better-sqlite3', 'of that ours'],
  [row('@ecsm/ecsmctl', 25, '46 MB', '27 MB', '11 MB'), row('@ecsm/operator', 98, '67 MB', '27 MB', '14 MB')],
)}

Packages of others as they are installed in this checkout, direct and indirect, and the size of their files. Here better-sqlite3 is of version 12, which
Node.js 20 needs and which brings some thirty packages to fetch or build its module; version 13, for Node.js 22 and later, does without.
Only what is published of it counts: most of it is SQLite's sources, and the module adds about 2 MB, or 20 MB until what the compiler left is deleted.

${table(
  ['package', 'packages of others', 'of them direct', 'their size'],
  ours.map(({ name, foreign: brought }) => {
    const direct = Object.keys(publicPackages().find((each) => each.name === name)?.dependencies ?? {});
    const sizes = brought.reduce(
      (sum, { folder, name: of }) => sum + (of === 'better-sqlite3' ? publishedSqlite(folder) : sizeOf(folder)),
      0,
    );
    return row(name, brought.length, direct.filter((each) => !each.startsWith('@ecsm/')).length, megabytes(sizes));
  }),
)}

## Packages and their licences

${table(
  ['package', 'version', 'licence', 'comes with'],
  sorted.map((each) => row(each.name, each.version, licenceOf(each), users(each.folder))),
)}
`,
);

/** Without what the compiler left behind. */
function publishedSqlite(folder: string): number {
  return ['deps', 'lib', 'src', 'binding.gyp', 'package.json', 'README.md', 'LICENSE']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .reduce((sum, path) => sum + (lstatSync(path).isDirectory() ? sizeOf(path) : lstatSync(path).size), 0);
}
