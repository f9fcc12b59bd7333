'use strict';
const { statSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const changedAt = (...path) => statSync(join(__dirname, '..', ...path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// From Node 22 on; it is for what is not in the bundle's main file.
enableCompileCache?.();
// In a checkout the bundle may be older than a build it was made from; in an installed package there are no such files.
const parts = ['ecsmctl', 'registry', 'planner', 'ecsm-client', 'api-types'];
const builtAt = Math.max(...parts.map((part) => changedAt('..', part, 'dist', 'tsconfig.tsbuildinfo')));
const bundle = join(__dirname, '..', 'dist', 'bundle', 'main.cjs');
if (changedAt('dist', 'bundle', 'main.cjs') > builtAt) require('./run-bundle.js').runBundle(bundle);
else import('../dist/main.js');
