import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { layerPicture } from '../layer-picture.js';
import { allowedImports } from '../layers.js';
import { root } from '../setup.mjs';
import { readDocument } from './markdown.js';

interface Dependencies {
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

function ours(names: Iterable<string>): string[] {
  return [...names].filter((name) => name.startsWith('@ecsm/')).map((name) => name.slice('@ecsm/'.length));
}

function checkPackage(name: string, allowed: readonly string[]): readonly string[] {
  const folder = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Dependencies;
  const tsconfig = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')) as {
    references?: readonly { path: string }[];
  };
  const references = new Set((tsconfig.references ?? []).map(({ path }) => path.replace('../', '')));
  return ours(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })).flatMap((each) => [
    ...(allowed.includes(each) ? [] : [`packages/${name}/package.json: ${each} is not below it in scripts/layers.js`]),
    ...(references.has(each) ? [] : [`packages/${name}/tsconfig.json: the reference to ${each} is missing`]),
  ]);
}

/** The layer table agrees with dependencies and project references, and the pictures in the READMEs are drawn from it. */
export function checkLayers(): readonly string[] {
  const pictures = ['README.md', 'README.zh-CN.md']
    .filter((file) => !readDocument(file).includes(layerPicture()))
    .map((file) => `${file}: the layer picture is not that of scripts/layers.js, which is:\n${layerPicture()}`);
  return [...Object.entries(allowedImports).flatMap(([name, allowed]) => checkPackage(name, allowed)), ...pictures];
}
