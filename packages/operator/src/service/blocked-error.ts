import type { Problem } from '@ecsm/planner';

/** An object cannot be carried out as it stands; somebody has to change something. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}
