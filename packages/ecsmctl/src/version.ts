import { createRequire } from 'node:module';

/** The version of this package. */
export const version: string = (
  createRequire(import.meta.url)('@ecsm/ecsmctl/package.json') as { readonly version: string }
).version;
