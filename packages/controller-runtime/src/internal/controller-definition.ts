import type { ControllerOptions } from '../controller-options.js';
import type { Runner, RunnerEnvironment } from '../run/runner.js';
import type { SourceFactory } from '../sources/source.js';

/** All that was said of a controller. */
export interface ControllerDefinition {
  readonly name: string;
  readonly options: ControllerOptions;
  readonly sources: readonly SourceFactory[];
  readonly makeRunner: (environment: RunnerEnvironment) => Runner;
}
