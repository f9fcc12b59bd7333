#!/usr/bin/env node
import { statSync } from 'node:fs';
import { isatty } from 'node:tty';

import './small-heap.js';

// Loading takes a while: a reload asked for meanwhile must not end the process, and nothing has been read that could be old.
if (![1, 2].some(isatty)) process.on('SIGHUP', () => undefined);

const changedAt = (path) => statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// In a checkout the bundle may be older than a build it was made from; in an installed package there are no such files.
const parts = [
  'operator',
  'controller-runtime',
  'informer',
  'workqueue',
  'registry',
  'planner',
  'ecsm-client',
  'api-types',
];
const builds = parts.map((part) => `../../${part}/dist/tsconfig.tsbuildinfo`);
const isBundled = changedAt('../dist/bundle/main.js') > Math.max(...builds.map(changedAt));
// Not with the lines above: what is imported there is all loaded before anything of it runs.
await import(isBundled ? '../dist/bundle/main.js' : '../dist/main.js');
