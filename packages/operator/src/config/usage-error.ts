/** Flags, variables or fields that make no sense; the message names each, its value and the rule. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];

  constructor(problems: string | readonly string[], options?: ErrorOptions) {
    const all = typeof problems === 'string' ? [problems] : problems;
    super(all.join('\n'), options);
    this.problems = all;
  }
}
