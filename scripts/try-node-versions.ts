/**
 * Installs Node.js versions from npm and tries the packages, as they would be published, under each: `npm run
 * try-node-versions -- 20.19 22 24` prints the table of docs/reference/compatibility.md. With `--tests` it also runs the
 * whole test suite in a copy of the checkout, installed with that Node.js. Needs the npm registry, and a build.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { root } from './setup.mjs';
import { npmInstall, packAll, readManifest, run, writeProject } from './tarballs.js';

interface Trial {
  readonly node: string;
  readonly sqlite: string;
  readonly steps: readonly (readonly [title: string, result: string])[];
}

/** A Node.js from npm: the environment in which `node` is that one, also for modules that have to be compiled. */
function installNode(version: string, folder: string): NodeJS.ProcessEnv {
  writeProject(folder, { name: 'node-version', dependencies: { node: version } }, {}, []);
  const { ok, output } = run(folder, 'npm', npmInstall);
  if (!ok) throw new Error(`node@${version} could not be installed\n${output}`);
  const bin = dirname(realpathSync(join(folder, 'node_modules', 'node', 'bin', 'node')));
  const home = [join(bin, '..', 'node_modules'), join(folder, 'node_modules')]
    .filter((modules) => existsSync(modules))
    .flatMap((modules) => readdirSync(modules).map((name) => join(modules, name)))
    .find((each) => existsSync(join(each, 'include', 'node', 'node.h')));
  return {
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    ...(home === undefined ? {} : { npm_config_nodedir: home }),
  };
}

/** The packages in an empty project: every import, every command, and the whole path from manifest to container. */
function tryPackages(folder: string, tarballs: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv): Trial {
  const names = Object.keys(tarballs);
  writeProject(folder, { name: 'user' }, tarballs, names);
  const wholePath = ['--simulate', '--manifests', join(root, 'docs/examples/manifests'), '--once', '--timeout', '120s'];
  const bin = (name: string): string => join(folder, 'node_modules', '.bin', name);
  const steps: readonly (readonly [string, string, readonly string[]])[] = [
    ['install', 'npm', npmInstall],
    ['imports', 'node', ['--input-type=module', '-e', names.map((name) => `await import('${name}');`).join('')]],
    ...['ecsmctl', 'ecsm-operator', 'ecsm-simulator'].map((name) => [name, bin(name), ['--version']] as const),
    ['whole path', bin('ecsm-operator'), wholePath],
  ];
  const results = steps.map(([title, command, args]) => {
    const { ok, output } = run(folder, command, args, env);
    // Node.js complains of flags that it does not know, and goes on.
    const works = ok && (args[0] !== '--version' || /^[\d.]+\n$/.test(output));
    if (!works) console.error(`${title}: ${output.slice(-2000)}`);
    return [title, works ? 'works' : 'fails'] as const;
  });
  const sqlite = join(folder, 'node_modules', 'better-sqlite3');
  return {
    node: run(folder, 'node', ['--version'], env).output.trim(),
    sqlite: existsSync(sqlite) ? readManifest(sqlite).version : 'none',
    steps: results,
  };
}

/** The whole test suite, in a copy of the checkout that is installed with this Node.js. */
function runTests(folder: string, env: NodeJS.ProcessEnv): string {
  cpSync(root, folder, {
    recursive: true,
    filter: (path) => !['node_modules', 'dist', '.git'].some((name) => path.endsWith(`/${name}`)),
  });
  const { output } = run(folder, 'npm', ['test'], { ...env, NO_COLOR: '1' });
  const line = output.match(/^\s*Tests\s+(.*?)(?: \(\d+\))?$/m)?.[1];
  if (line === undefined || line.includes('failed')) console.error(output.slice(-6000));
  return line ?? 'did not run';
}

const args = process.argv.slice(2);
const versions = args.filter((arg) => !arg.startsWith('--'));
const place = mkdtempSync(join(tmpdir(), 'ecsm-node-versions-'));
const rows: string[] = [];
let titles: readonly string[] = [];
try {
  const tarballs = packAll(join(place, 'tarballs'));
  for (const version of versions.length === 0 ? ['20.19', '22', '24', '26'] : versions) {
    console.error(`Node.js ${version} …`);
    const folder = join(place, version);
    mkdirSync(folder);
    const env = installNode(version, join(folder, 'node'));
    const { node, sqlite, steps } = tryPackages(join(folder, 'project'), tarballs, env);
    const tests = args.includes('--tests') ? [['tests', runTests(join(folder, 'checkout'), env)] as const] : [];
    titles = [...steps, ...tests].map(([title]) => title);
    if (steps.some(([, result]) => result !== 'works')) process.exitCode = 1;
    rows.push(`| ${[node.slice(1), sqlite, ...[...steps, ...tests].map(([, result]) => result)].join(' | ')} |`);
    rmSync(folder, { recursive: true, force: true });
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
const header = ['Node.js', 'better-sqlite3', ...titles];
console.log(`| ${header.join(' | ')} |\n| ${header.map(() => '---').join(' | ')} |\n${rows.join('\n')}`);
