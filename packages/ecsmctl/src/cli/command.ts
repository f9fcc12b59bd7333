import type { Invocation } from './invocation.js';
import type { Completion, Flags, ValuesOf } from './flag.js';

/** One line that shows a command in use. */
export interface Example {
  /** What it does, as a sentence without a full stop. */
  readonly does: string;
  readonly line: string;
}

/**
 * Carries out a command; throws what goes wrong.
 *
 * @typeParam F - the definition of the command's flags
 */
export type Handler<F extends Flags> = (invocation: Invocation, flags: ValuesOf<F>) => Promise<void> | void;

/**
 * A command as data: help, reference, completion and parsing all read it, and its code is loaded only when it runs.
 *
 * @typeParam F - the definition of its flags
 */
export interface Command<F extends Flags = Flags> {
  /** The words that call it, e.g. `rollout status`. */
  readonly name: string;
  readonly group: 'Objects' | 'Rollouts' | 'Platform' | 'Settings and help';
  /** One line without a full stop. */
  readonly summary: string;
  /** What else one should know, in sentences. */
  readonly details?: string;
  /** The arguments in usage lines, e.g. `TYPE [NAME...]`. */
  readonly usage?: string;
  /** How many arguments there may be; any number without it. */
  readonly arguments?: { readonly min?: number; readonly max?: number };
  /** What to offer for each argument; the last entry also serves all further ones. */
  readonly complete?: readonly Completion[];
  readonly examples?: readonly Example[];
  readonly flags: F;
  /** Whether it writes nothing to the registry, so that the file is opened for reading alone, which is quicker. */
  readonly readsOnly?: boolean;
  /** Not shown in lists of commands. */
  readonly hidden?: boolean;
  readonly load: () => Promise<Handler<F>>;
}

/** A command of whatever flags; what tables of commands hold. */
export type AnyCommand = Omit<Command, 'load'> & { readonly load: () => Promise<Handler<never>> };

/** Checks that a command's code fits its flags. */
export function command<const F extends Flags>(definition: Command<F>): AnyCommand {
  return definition;
}
