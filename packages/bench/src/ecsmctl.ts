import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { apiVersionOf, ECSMService } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';

import { cost, median, type Benchmark, type Result } from './benchmark.js';

const packageFolder = fileURLToPath(new URL('../../ecsmctl/', import.meta.url));
const rounds = 15;

/** Milliseconds that a Node process takes from its start to its end. */
interface Times {
  readonly wall: number;
  /** Of all its threads, in user and system mode; it holds also while others load the machine. */
  readonly cpu: number;
}

/** What the children of this process have used so far: the shell reports it, Node has no call for it. */
const report = 'node=$1; shift; "$node" "$@" > /dev/null || exit; times >&2';

/** Reads the second line of `times`, such as `0m0.081s 0m0.012s`. */
function parseCpu(reported: string): number {
  const [user = NaN, system = NaN] = [...(reported.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => (Number(minutes) * 60 + Number(seconds)) * 1000,
  );
  return user + system;
}

function timeOf(args: readonly string[], registry: string): Times {
  const started = performance.now();
  const { status, stderr } = spawnSync('bash', ['-c', report, 'bash', process.execPath, ...args], {
    env: { PATH: process.env['PATH'], HOME: tmpdir(), ECSMCTL_REGISTRY: registry },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return { wall: performance.now() - started, cpu: parseCpu(stderr) };
}

/** Medians of several programs, run in turn so that all see the same machine. */
function compare(programs: readonly (readonly string[])[], registry: string): readonly Times[] {
  const times = programs.map((): Times[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, program] of programs.entries()) times[index]?.push(timeOf(program, registry));
  }
  return times.map((all) => ({ wall: median(all.map(({ wall }) => wall)), cpu: median(all.map(({ cpu }) => cpu)) }));
}

async function* startUp(): AsyncGenerator<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'ecsmctl-bench-'));
  try {
    const registryPath = join(folder, 'registry.db');
    await using registry = await Registry.open({ path: registryPath });
    await registry
      .resource(ECSMService)
      .namespace('default')
      .create({
        apiVersion: apiVersionOf(ECSMService),
        kind: ECSMService.kind,
        metadata: { name: 'web' },
        spec: {
          deploymentStrategy: { type: 'Dynamic', replicas: 2, nodePool: ['worker-1'] },
          template: { image: 'web@1.0.0#sylixos' },
        },
      });
    // What installing a package does: put the modules into few files.
    const { status } = spawnSync(process.execPath, [join(packageFolder, 'scripts', 'bundle.mjs')]);
    if (status !== 0) throw new Error('the bundle could not be made; run pnpm build first');
    const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
    const openDatabase = join(folder, 'open.cjs');
    const lines = [`const Database = require(${JSON.stringify(sqlite)});`];
    lines.push(`new Database(${JSON.stringify(registryPath)}).prepare('SELECT count(*) FROM sqlite_master').get();`);
    await writeFile(openDatabase, lines.join('\n'));
    const ctl = join(packageFolder, 'bin', 'ecsmctl.js');
    const plain = join(packageFolder, 'dist', 'main.js');
    const programs = [['-e', '0'], [openDatabase], [ctl, '--help'], [ctl, 'get', 'es'], [plain, 'get', 'es']];
    const none: Times = { wall: NaN, cpu: NaN };
    const [node = none, database = none, help = none, get = none, unbundled = none] = compare(programs, registryPath);
    const allowed = 'twice (node -e 0 plus opening the database)';
    for (const clock of ['wall', 'cpu'] as const) {
      yield cost(`ecsmctl --help, ${clock}`, 'ms', help[clock], 2 * database[clock], allowed);
      yield cost(`ecsmctl get es, ${clock}`, 'ms', get[clock], 2 * database[clock], allowed);
      yield cost(`ecsmctl get es against node -e 0, ${clock}`, 'ms', get[clock], node[clock], 'node -e 0');
      yield cost(`ecsmctl get es against no bundle, ${clock}`, 'ms', get[clock], unbundled[clock], 'single modules');
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How fast the command line starts. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'start', description: 'time of whole commands, against Node itself and opening the database', run: startUp },
];
