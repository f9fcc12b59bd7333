import { CORE_SCHEMA, load, types, YAMLException } from 'js-yaml';
import { ManifestError, type ManifestSource } from '../../errors/manifest-error.js';

/** JSON's types and `<<` merges: no dates, no binary, nothing of a program. */
const schema = CORE_SCHEMA.extend({ implicit: [types.merge] });

/**
 * The value a YAML or JSON document holds; `undefined` when it holds nothing but comments.
 *
 * @throws ManifestError with line and column of the mistake
 */
export function parseDocument(text: string, source: ManifestSource): unknown {
  try {
    // A JSON document is a YAML document too, and read as one: JSON.parse would let a repeated key pass.
    return load(text, { schema }) ?? undefined;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark, reason } = error as { readonly mark?: { line: number; column: number }; readonly reason: string };
    throw new ManifestError(source, {
      problem: reason,
      cause: error,
      ...(mark === undefined ? {} : { position: { line: source.line + mark.line, column: mark.column + 1 } }),
    });
  }
}
