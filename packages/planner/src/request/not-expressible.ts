/** A field of a template that the target's configuration has no place for. */
export interface NotExpressible {
  /** Path in the object, such as `spec.template.workingDir`. */
  readonly field: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** One sentence that names every field and what to do. */
export function describeNotExpressible(findings: readonly NotExpressible[]): string {
  return findings.map(({ field, remedy }) => `${field} cannot be expressed for this image: ${remedy}`).join('; ');
}
