import type { ManifestSource } from '@ecsm/registry/manifests';

import type { ExitCode } from '../cli/exit-code.js';
import type { Invocation } from '../cli/invocation.js';
import { reasonOf } from '../cli/present-error.js';
import { tellFailure } from './manifest-documents.js';

const takeOver = 'take the fields out of the manifest, or add --force-conflicts to take them over';

/** Tells why a document cannot be applied, and how it could be; returns how the run should end. */
export function tellRefusal(invocation: Invocation, source: ManifestSource, error: unknown): ExitCode {
  return tellFailure(invocation, source, error, reasonOf(error) === 'Conflict' ? takeOver : undefined);
}
