import { join } from 'node:path';
import { isThere } from '../store/sqlite/is-there.js';

/** Where a system-wide daemon keeps its registry. */
export const systemRegistryPath = '/var/lib/ecsm/registry.db';

/** What decides which file is the registry. */
export interface RegistryPathInputs {
  /** Value of `--registry`. */
  readonly flag?: string;
  /** The environment, e.g. `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the CLI's current context names. */
  readonly contextPath?: string;
  readonly program: 'operator' | 'ecsmctl';
  /** Whether a file is there. @defaultValue a look at the disk */
  readonly exists?: (path: string) => boolean;
}

/** Which file is the registry, and what said so, for the message both programs print. */
export interface RegistryPath {
  readonly path: string;
  readonly source:
    '--registry' | 'ECSM_OPERATOR_REGISTRY' | 'ECSMCTL_REGISTRY' | 'ECSM_REGISTRY' | 'context' | 'default';
}

/**
 * Finds the registry's file: the flag, the program's own variable, `ECSM_REGISTRY`, the context, the system's file if it
 * exists (or is hidden from this user, who then gets to hear that), else one in the user's state directory.
 */
export function resolveRegistryPath(inputs: RegistryPathInputs): RegistryPath {
  const { flag, env, contextPath, program, exists = isThereOrHidden } = inputs;
  if (isGiven(flag)) return { path: flag, source: '--registry' };
  const own = program === 'operator' ? 'ECSM_OPERATOR_REGISTRY' : 'ECSMCTL_REGISTRY';
  for (const variable of [own, 'ECSM_REGISTRY'] as const) {
    const path = env[variable];
    if (isGiven(path)) return { path, source: variable };
  }
  if (isGiven(contextPath)) return { path: contextPath, source: 'context' };
  if (exists(systemRegistryPath)) return { path: systemRegistryPath, source: 'default' };
  const state = isGiven(env['XDG_STATE_HOME']) ? env['XDG_STATE_HOME'] : join(env['HOME'] ?? '.', '.local', 'state');
  return { path: join(state, 'ecsm', 'registry.db'), source: 'default' };
}

/** A file that this user may not see counts as there, so that he learns of it, where he would get another registry. */
function isThereOrHidden(path: string): boolean {
  try {
    return isThere(path);
  } catch {
    return true;
  }
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
