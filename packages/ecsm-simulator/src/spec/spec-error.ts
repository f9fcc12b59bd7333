/** One fault of a cluster file or a control request. */
export interface SpecProblem {
  /** Where it is: `nodes[2].memoryMB`; empty for the whole. */
  readonly path: string;
  /** What was found there; absent when nothing was. */
  readonly value?: unknown;
  readonly rule: string;
}

/** A cluster file, plan or setting that cannot be used as it stands; correcting it is the only way out. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  readonly code = 'INVALID_SPEC';
  /** The file or request it came from. */
  readonly source: string;
  readonly problems: readonly SpecProblem[];

  constructor(source: string, problems: readonly SpecProblem[], options?: ErrorOptions) {
    super(`${source}: ${problems.map(describe).join('; ')}`, options);
    this.source = source;
    this.problems = problems;
  }
}

function describe({ path, value, rule }: SpecProblem): string {
  const found = value === undefined ? '' : abbreviate(JSON.stringify(value));
  const where = path !== '' && found !== '' ? `${path}:` : path;
  return [where, found, rule].filter((part) => part !== '').join(' ');
}

function abbreviate(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
