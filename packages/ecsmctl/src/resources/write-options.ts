import type { WriteOptions } from '@ecsm/api-types';

import type { Invocation } from '../cli/invocation.js';

/** The options of a write that the flags of a command stand for; warnings go to the log. */
export function writeOptions(
  invocation: Invocation,
  flags: { readonly 'dry-run'?: string; readonly validate?: string },
): WriteOptions {
  const mode = flags.validate;
  return {
    signal: invocation.signal,
    onWarning: (warning) => invocation.log.warn(warning),
    ...(flags['dry-run'] === undefined || flags['dry-run'] === 'none' ? {} : { dryRun: true }),
    ...(mode === 'warn' ? { fieldValidation: 'warn' as const } : {}),
    ...(mode === 'ignore' || mode === 'false' ? { fieldValidation: 'ignore' as const } : {}),
  };
}

/** What follows the words of an outcome when nothing was written. */
export function dryRunSuffix(flags: { readonly 'dry-run': string }): string {
  return flags['dry-run'] === 'none' ? '' : ` (${flags['dry-run']} dry run)`;
}
