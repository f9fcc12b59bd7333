import type { JsonSchema, KindDefinition, SchemaValidator } from '@ecsm/api-types';

/**
 * Compiles the schema of a kind that brings no compiled one.
 *
 * @throws TypeError when the schema itself is wrong
 */
export async function compileSchema(kind: KindDefinition): Promise<SchemaValidator> {
  // Loaded only here: a program that uses nothing but built-in kinds never pays for the compiler.
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, logger: false });
  try {
    return ajv.compile(withTypeMeta(kind.schema)) as SchemaValidator;
  } catch (error) {
    throw new TypeError(`the schema of kind ${kind.kind} cannot be used: ${String(error)}`, { cause: error });
  }
}

/** A schema that closes the object may leave out what every object has. */
function withTypeMeta(schema: JsonSchema): JsonSchema {
  if (schema.additionalProperties !== false) return schema;
  return { ...schema, properties: { apiVersion: {}, kind: {}, metadata: {}, ...schema.properties } };
}
