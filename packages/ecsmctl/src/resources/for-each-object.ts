import { isApiError } from '@ecsm/api-types';

import { CliError, ReportedError } from '../cli/cli-error.js';
import { commonExitCode, exitCodes, type ExitCode } from '../cli/exit-code.js';
import type { Invocation } from '../cli/invocation.js';
import { tellError } from '../cli/tell-error.js';
import { withHint, type NamedObject } from './one-object.js';

/** Whether a failure is that of one object, rather than of the registry as a whole. */
function concernsOneObject(error: unknown): boolean {
  return error instanceof CliError || (isApiError(error) && error.code < 500);
}

/**
 * Carries out a call for one object after the other. One that cannot be done is told and the others go on, as in kubectl.
 *
 * @throws ReportedError when some could not be done, and at once what would befall all the others too
 */
export async function forEachObject<T extends NamedObject>(
  invocation: Invocation,
  objects: readonly T[],
  call: (object: T) => Promise<void>,
): Promise<void> {
  const codes: ExitCode[] = [];
  for (const object of objects) {
    try {
      await withHint(invocation, object, () => call(object));
    } catch (error) {
      if (invocation.signal.aborted || !concernsOneObject(error)) throw error;
      codes.push(tellError(invocation.io.stderr, error));
    }
  }
  if (codes.length === 0) return;
  throw new ReportedError('some objects could not be done', { exitCode: commonExitCode(codes, exitCodes.error) });
}
