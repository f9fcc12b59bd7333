/**
 * Makes a fresh checkout ready to run: installs the packages from the lock file with the pinned pnpm, compiles the native
 * database module where no binary is at hand, and builds. Does nothing, quickly, when nothing has changed.
 *
 * Needs nothing but Node.js and npm; what else a first installation takes is checked and named before it starts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const oldestNode = [20, 19];
/** The pinned database module is of the line for Node.js 20 (docs/reference/compatibility.md). */
const newestPinned = 22;
const stampFile = join(root, 'node_modules', '.setup-stamp');

class SetupError extends Error {}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > newestPinned) {
    say(
      `Node.js ${process.versions.node}: the version of better-sqlite3 that this checkout pins has been seen to crash from Node.js 24 on. Use 20.19 or 22 here; the packages from npm take another version and run on 24 and 26 too.`,
    );
  }
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetupError(
    `Node.js ${process.versions.node} is too old: ${oldestNode.join('.')} or newer is needed. Install it from your distribution or https://nodejs.org and try again.`,
  );
}

function works(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** The native module is compiled when no ready binary can be had, and that takes these. */
function checkCompiler() {
  const missing = [];
  if (!['python3', 'python'].some((name) => works(name, '--version'))) missing.push('python3');
  if (!works('make', '--version')) missing.push('make');
  if (![process.env.CXX, 'c++', 'g++', 'clang++'].some((name) => name && works(name, '--version'))) {
    missing.push('a C++ compiler (g++ or clang++)');
  }
  if (missing.length === 0) return;
  throw new SetupError(
    `Missing on this machine: ${missing.join(', ')}. The database module better-sqlite3 is compiled once during setup and needs it. On Debian or Ubuntu: apt-get install python3 make g++`,
  );
}

/** Changes whenever an installation would: lock file, manifests, Node's binary interface. */
function fingerprint() {
  const hash = createHash('sha256');
  hash.update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'package.json'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...packages.sort()]) {
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** Runs a step with its output kept back; says how long it takes, and shows the output if it fails. */
function run(title, command, args) {
  return new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const seconds = () => Math.round((Date.now() - startedAt) / 1000);
    const output = [];
    let latest = '';
    const onTerminal = process.stderr.isTTY === true;
    const show = () => {
      const line = `  ${title} … ${seconds()} s${latest === '' ? '' : `  ${latest}`}`;
      if (onTerminal)
        process.stderr.write(
          `\r${line.slice(0, (process.stderr.columns ?? 80) - 1).padEnd((process.stderr.columns ?? 80) - 1)}`,
        );
      else say(line);
    };
    if (!onTerminal) say(`  ${title} …`);
    const progress = setInterval(show, onTerminal ? 500 : 10_000);
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, npm_config_yes: 'true', COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' },
    });
    const collect = (chunk) => {
      output.push(chunk);
      const lines = chunk.toString().trim().split('\n');
      latest = lines[lines.length - 1].trim().slice(0, 60);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      clearInterval(progress);
      reject(new SetupError(`${title}: ${command} could not be started (${error.message})`));
    });
    child.on('close', (code) => {
      clearInterval(progress);
      if (onTerminal) process.stderr.write('\r'.padEnd(process.stderr.columns ?? 80) + '\r');
      if (code === 0) {
        say(`  ${title}: done in ${seconds()} s`);
        resolve();
        return;
      }
      process.stderr.write(Buffer.concat(output));
      reject(new SetupError(`${title} failed (exit code ${code}): its output is above.`));
    });
  });
}

/** The pinned pnpm: the one on the PATH when it is that version, else fetched through npm. */
export function pnpmCommand() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = packageManager.slice('pnpm@'.length).split('+')[0];
  const onPath = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8' });
  if (onPath.status === 0 && onPath.stdout.trim() === version) return ['pnpm'];
  return ['npm', 'exec', '--yes', `--package=pnpm@${version}`, '--', 'pnpm'];
}

async function install() {
  const stamp = fingerprint();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  checkCompiler();
  say('Setting up (the first time takes a minute or two: packages are fetched and the database module is compiled)');
  const [command, ...args] = pnpmCommand();
  await run('installing packages', command, [
    ...args,
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--config.confirmModulesPurge=false',
    '--reporter=append-only',
  ]);
  writeFileSync(stampFile, stamp);
}

/** `tsc -b` is incremental: with nothing to do it takes about a second. */
async function build() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await run('building', process.execPath, [tsc, '-b']);
  for (const [title, name, main] of bundles) {
    if (isStale(`packages/${name}/dist/bundle/${main}`))
      await run(`bundling ${title}`, process.execPath, [`packages/${name}/scripts/bundle.mjs`]);
  }
}

/** Programs that run from a bundle: `ecsmctl` to start fast, `ecsm-operator` to take less memory. */
const bundles = [
  ['ecsmctl', 'ecsmctl', 'main.cjs'],
  ['ecsm-operator', 'operator', 'main.js'],
];

/** The bundle is older than something it is made from, or not there. */
function isStale(bundle) {
  const changedAt = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const builds = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/dist/tsconfig.tsbuildinfo`);
  return changedAt(bundle) <= Math.max(...builds.map(changedAt));
}

/** Sets the checkout up, or ends the process with a message that says what to do. */
export async function setup() {
  try {
    checkNode();
    await install();
    await build();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`\nSetup failed: ${error.message}`);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setup();
