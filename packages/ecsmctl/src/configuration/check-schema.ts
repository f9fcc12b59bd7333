import { messageOf, type JsonSchema } from '@ecsm/api-types';

/**
 * The first thing that is wrong with a JSON Schema, as `.field: rule`, found by compiling it: a slip in it is told when the kind is
 * loaded, not when the first object is written.
 */
export async function checkSchema(schema: JsonSchema): Promise<string | undefined> {
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ strict: false, logger: false });
  if (ajv.validateSchema(schema) !== true) {
    const [error] = ajv.errors ?? [];
    const path = (error?.instancePath ?? '').replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
    const { allowedValues } = (error?.params ?? {}) as { readonly allowedValues?: readonly unknown[] };
    return `${path}: ${error?.message ?? 'is no JSON Schema'}${allowedValues === undefined ? '' : ` (${allowedValues.join(', ')})`}`;
  }
  try {
    ajv.compile(schema);
    return undefined;
  } catch (error) {
    return `: ${messageOf(error)}`;
  }
}
