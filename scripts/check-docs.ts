/**
 * Keeps the documentation true: relative links lead somewhere, the layer picture in README.md comes from the layer table,
 * the table agrees with each package's dependencies and project references, and every numbered statement has a test.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { layerPicture } from './layer-picture.js';
import { allowedImports } from './layers.js';
import { root } from './setup.mjs';

const findings: string[] = [];

function markdownFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', 'api'].includes(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', 'src'].includes(entry.name) ? [] : testFiles(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** The anchor a heading gets, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function anchorsOf(markdown: string): Set<string> {
  return new Set([...markdown.matchAll(/^#{1,6}\s+(.*)$/gm)].map((match) => anchorOf(match[1] ?? '')));
}

function checkLinks(file: string): void {
  const markdown = readFileSync(join(root, file), 'utf8').replace(/```[\s\S]*?```/g, '');
  for (const [, target = ''] of markdown.matchAll(/\]\(([^()\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const absolute = path === '' ? join(root, file) : join(root, dirname(file), path);
    if (!existsSync(absolute)) {
      findings.push(`${file}: the link ${target} leads nowhere`);
    } else if (
      anchor !== undefined &&
      absolute.endsWith('.md') &&
      !anchorsOf(readFileSync(absolute, 'utf8')).has(anchor)
    ) {
      findings.push(`${file}: the link ${target} names no heading of ${relative(root, absolute)}`);
    }
  }
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

function ours(names: Iterable<string>): string[] {
  return [...names].filter((name) => name.startsWith('@ecsm/')).map((name) => name.slice('@ecsm/'.length));
}

function checkLayers(name: string, allowed: readonly string[]): void {
  const folder = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const dependencies = new Set(ours(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })));
  const tsconfig = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')) as {
    references?: readonly { path: string }[];
  };
  const references = new Set((tsconfig.references ?? []).map(({ path }) => path.replace('../', '')));
  for (const each of dependencies) {
    if (!allowed.includes(each))
      findings.push(`packages/${name}/package.json: ${each} is not below it in scripts/layers.js`);
    if (!references.has(each)) findings.push(`packages/${name}/tsconfig.json: the reference to ${each} is missing`);
  }
}

/** Tests carry the numbers of the statements they prove in their titles; every row of a table must have one. */
function checkStatements(document: string, titleOf: (row: string) => RegExp): void {
  const rows = readFileSync(join(root, document), 'utf8').matchAll(/^\| +([A-Z]?\d+) +\|/gm);
  for (const [, row = ''] of rows) {
    if (!titleOf(row).test(testSources)) findings.push(`${document}: no test has ${row} in its title`);
  }
}

const testSources = testFiles('packages')
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

const documents = ['README.md', ...markdownFiles('docs'), ...markdownFiles('packages')].filter((file) =>
  existsSync(join(root, file)),
);
documents.forEach(checkLinks);
for (const [name, allowed] of Object.entries(allowedImports)) checkLayers(name, allowed);
checkStatements('docs/reference/semantics.md', (row) => new RegExp(`['"\`].*\\b${row}[a-z]?\\b`));
checkStatements('docs/reference/earlier-faults.md', (row) => new RegExp(`['"\`]fault ${row}\\b`));
if (!readFileSync(join(root, 'README.md'), 'utf8').includes(layerPicture())) {
  findings.push(`README.md: the layer picture is not that of scripts/layers.js, which is:\n${layerPicture()}`);
}

for (const finding of findings) console.error(finding);
console.log(`${documents.length} documents checked, ${findings.length} findings.`);
process.exitCode = findings.length === 0 ? 0 : 1;
