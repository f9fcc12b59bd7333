import { CORE_SCHEMA, load, Type, YAMLException } from 'js-yaml';
import { ManifestError, type ManifestSource } from '../../errors/manifest-error.js';

/** What `<<: *anchor` merges by (https://yaml.org/type/merge.html). */
const merge = new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (data) => data === '<<' });

/** JSON's types and merges: no dates, no binary, nothing of a program. */
const schema = CORE_SCHEMA.extend({ implicit: [merge] });

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
