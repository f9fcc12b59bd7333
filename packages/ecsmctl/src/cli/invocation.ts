import type { Clock, Scheme } from '@ecsm/api-types';
import type { Clientset } from '@ecsm/ecsm-client';
import type { Registry } from '@ecsm/registry';

import type { Settings } from '../configuration/settings.js';
import type { GlobalFlags } from '../definitions/global-flags.js';
import type { Io } from '../io.js';
import type { Painter } from '../output/paint.js';
import type { Logger } from './logger.js';

/** What a command works with. What is costly is made on first use and closed after the run. */
export interface Invocation {
  readonly io: Io;
  /** The arguments after the command's name. */
  readonly args: readonly string[];
  readonly globals: GlobalFlags;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Dresses text for stdout. */
  readonly paint: Painter;
  /** Writes a result. */
  readonly print: (text: string) => void;
  /** Tells a person something that is no result, on stderr. */
  readonly note: (text: string) => void;
  settings(): Promise<Settings>;
  /** The kinds of the declared world. */
  scheme(): Promise<Scheme>;
  /** Where the registry is, by flags, environment, context and defaults. */
  registryPath(): Promise<string>;
  /** The registry. Reading a missing file is an error that names it. */
  registry(): Promise<Registry>;
  /** The registry, made when it is not there: for commands that create objects. */
  writableRegistry(): Promise<Registry>;
  platform(): Promise<Clientset>;
}
