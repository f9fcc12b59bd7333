'use strict';
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** What V8 made of the bundle. It fits one version of Node on one architecture, so any other looks for a file that is not there. */
const codePath = (bundle) => join(dirname(bundle), `main-${process.version}-${process.arch}.code`);

function readCode(bundle) {
  try {
    return readFileSync(codePath(bundle));
  } catch {
    return undefined;
  }
}

/** Runs the bundle as `require` would, but without compiling it anew where that was done when it was made. */
function runBundle(path) {
  const cachedData = readCode(path);
  const script = new Script(Module.wrap(readFileSync(path, 'utf8')), { filename: path, cachedData });
  const bundle = new Module(path, module);
  bundle.filename = path;
  // The other files of the bundle ask for this one.
  require.cache[path] = bundle;
  script
    .runInThisContext()
    .call(bundle.exports, bundle.exports, Module.createRequire(path), bundle, path, dirname(path));
  return script;
}

module.exports = { codePath, runBundle };
