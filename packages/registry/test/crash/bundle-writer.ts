import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The part of esbuild that is used here; it comes with tsx. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/**
 * Makes one JavaScript file of the crash writer and the sources it uses, and returns its path: started from source, a
 * writer would spend a second on loading for each few milliseconds of life.
 */
export async function bundleWriter(): Promise<string> {
  const here = createRequire(import.meta.url);
  const esbuild = createRequire(here.resolve('tsx/package.json'))('esbuild') as Esbuild;
  const registry = fileURLToPath(new URL('../..', import.meta.url));
  const outfile = join(registry, 'node_modules', '.cache', `crash-writer-${process.pid}.mjs`);
  await esbuild.build({
    entryPoints: [fileURLToPath(new URL('crash-writer.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@ecsm/source'],
    external: ['better-sqlite3'],
    logLevel: 'error',
    // What the sources bring along as CommonJS asks for `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}
