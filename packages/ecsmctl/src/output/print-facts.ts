import type { Invocation } from '../cli/invocation.js';
import { serialize } from './serialize.js';

/** Prints facts that are no objects: as text for people, or as JSON or YAML for programs. */
export async function printFacts(
  invocation: Invocation,
  format: string,
  facts: object,
  text: () => string | Promise<string>,
): Promise<void> {
  invocation.print(format === 'text' ? await text() : await serialize(facts, format));
}
