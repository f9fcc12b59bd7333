import type { JsonSchema } from '@ecsm/api-types';

import { omit } from '../output/omit.js';

/** A schema with its reference followed; the words said beside the reference win. */
export function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const reference = schema.$ref;
  if (reference === undefined) return schema;
  const name = decodeURIComponent(reference.replace(/^#\/definitions\//, ''));
  const target = root.definitions?.[name];
  if (target === undefined) return schema;
  return { ...resolve(target, root), ...omit(schema, '$ref') };
}

/** What the fields of a value are: of an object its own, of a list or mapping those of its items. */
export function holder(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const resolved = resolve(schema, root);
  const { items, additionalProperties } = resolved;
  if (items !== undefined && !Array.isArray(items)) return holder(items as JsonSchema, root);
  if (resolved.properties === undefined && typeof additionalProperties === 'object')
    return holder(additionalProperties, root);
  return resolved;
}

/** The fields of a value by name; none where it has no fields. */
export function fieldsOf(schema: JsonSchema, root: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return holder(schema, root).properties ?? {};
}
