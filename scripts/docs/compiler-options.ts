import { join } from 'node:path';

import ts from 'typescript';

import { root } from '../setup.mjs';

/** How sources and tests are compiled: packages of ours are taken from their sources. */
export function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.test.json'), (file) => ts.sys.readFile(file)) as {
    config: unknown;
  };
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}
