'use strict';
const { statSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const changedAt = (...path) => statSync(join(__dirname, '..', ...path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// From Node 22 on; earlier ones compile anew each time.
enableCompileCache?.();
// In a checkout the bundle may be older than a build it was made from; in an installed package there are no such files.
const parts = ['ecsmctl', 'registry', 'planner', 'ecsm-client', 'api-types'];
const builtAt = Math.max(...parts.map((part) => changedAt('..', part, 'dist', 'tsconfig.tsbuildinfo')));
if (changedAt('dist', 'bundle', 'main.cjs') > builtAt) require('../dist/bundle/main.cjs');
else import('../dist/main.js');
