/** Runs the benchmarks of one package, or lists all. */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

import type { Benchmark, Result } from './benchmark.js';

interface Suite {
  readonly benchmarks: readonly Benchmark[];
}

const folder = new URL('.', import.meta.url);
const notSuites = new Set(['main', 'benchmark']);

/** One suite a package: `<package>`, or `<package>/index`. */
function suiteNames(): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : entry.name.endsWith('.js') ? [entry.name.slice(0, -3)] : [],
    )
    .filter((name) => !notSuites.has(name) && !name.endsWith('-worker') && name !== 'helpers')
    .sort();
}

async function load(name: string): Promise<Suite> {
  const isFolder = readdirSync(folder, { withFileTypes: true }).some(
    (entry) => entry.isDirectory() && entry.name === name,
  );
  return (await import(new URL(isFolder ? `${name}/index.js` : `${name}.js`, folder).href)) as Suite;
}

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

function show(result: Result): string {
  const parts = [`${result.name}: ${number.format(result.ours)} ${result.unit}`];
  if (result.peer !== undefined)
    parts.push(`${result.peerName ?? 'peer'} ${number.format(result.peer)} ${result.unit}`);
  if (result.ratio !== undefined) parts.push(`ratio ${number.format(result.ratio)}`);
  if (result.note !== undefined) parts.push(`(${result.note})`);
  return parts.join(', ');
}

async function runSuite(name: string, only: string | undefined, json: boolean): Promise<void> {
  const { benchmarks } = await load(name);
  const chosen = benchmarks.filter((benchmark) => only === undefined || benchmark.name === only);
  if (chosen.length === 0) {
    const names = benchmarks.map((benchmark) => benchmark.name).join(', ');
    console.error(`no benchmark of ${name} is called "${only ?? ''}"; there are ${names}`);
    process.exitCode = 2;
  }
  for (const benchmark of chosen) {
    for await (const result of await benchmark.run()) console.log(json ? JSON.stringify(result) : show(result));
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const [name] = positionals;
if (name === undefined) {
  for (const suite of suiteNames()) {
    console.log(suite);
    for (const benchmark of (await load(suite)).benchmarks)
      console.log(`  ${benchmark.name}: ${benchmark.description}`);
  }
  console.log('\nRun one with: npm run bench -- NAME [--only BENCHMARK] [--json]');
} else if (suiteNames().includes(name)) {
  await runSuite(name, values.only, values.json);
} else {
  console.error(`no benchmarks for "${name}"; there are: ${suiteNames().join(', ')}`);
  process.exitCode = 2;
}
