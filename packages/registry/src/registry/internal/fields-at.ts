import type { JsonSchema } from '@ecsm/api-types';
import type { Step } from './field-name.js';

/** The names of the fields that a schema knows at a place, as far as it says so. */
export function fieldsAt(schema: JsonSchema, steps: readonly Step[]): readonly string[] {
  let places: readonly JsonSchema[] = resolve(schema, schema);
  for (const step of steps)
    places = places.flatMap((place) => next(place, step)).flatMap((place) => resolve(place, schema));
  return places.flatMap((place) => Object.keys(place.properties ?? {}));
}

function next(schema: JsonSchema, step: Step): readonly JsonSchema[] {
  const { properties, additionalProperties, items } = schema;
  if (typeof step === 'number') {
    if (items === undefined) return [];
    if (!isList(items)) return [items];
    const item = items[step];
    return item === undefined ? [] : [item];
  }
  if (properties !== undefined && Object.hasOwn(properties, step)) {
    const property = properties[step];
    return property === undefined ? [] : [property];
  }
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

/** A schema without references, and the alternatives it stands for. */
function resolve(schema: JsonSchema, root: JsonSchema, depth = 0): readonly JsonSchema[] {
  if (depth > 16) return []; // a reference that leads back to itself
  const name = schema.$ref === undefined ? undefined : /^#\/definitions\/(.+)$/.exec(schema.$ref)?.[1];
  const target = name === undefined ? undefined : root.definitions?.[decodeURIComponent(name)];
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (target !== undefined) alternatives.push(target);
  return [schema, ...alternatives.flatMap((each) => resolve(each, root, depth + 1))];
}

function isList(items: JsonSchema | readonly JsonSchema[]): items is readonly JsonSchema[] {
  return Array.isArray(items);
}
