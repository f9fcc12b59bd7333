// Runs the bundle with the arguments given and keeps what was compiled for it beside it. See bin/run-bundle.js.
'use strict';
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const { codePath, runBundle } = require('../bin/run-bundle.js');

const bundle = join(__dirname, '..', 'dist', 'bundle', 'main.cjs');
const script = runBundle(bundle);
process.on('exit', () => writeFileSync(codePath(bundle), script.createCachedData()));
