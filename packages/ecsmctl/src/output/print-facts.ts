import type { Invocation } from '../cli/invocation.js';
import { toJson, toYaml } from './serialize.js';

/** Prints facts that are no objects: as text for people, or as JSON or YAML for programs. */
export async function printFacts(
  invocation: Invocation,
  format: string,
  facts: object,
  text: () => string | Promise<string>,
): Promise<void> {
  if (format === 'json') invocation.print(toJson(facts));
  else if (format === 'yaml') invocation.print(await toYaml(facts));
  else invocation.print(await text());
}
