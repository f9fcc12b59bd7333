import { isInternalError, type AbortableOptions } from '@ecsm/api-types';
import type { RegistryContext } from './context.js';
import { eachEntry } from './each-entry.js';
import { decodeEntry } from './raw-object.js';

/** What is wrong with objects whose stored data cannot be read. */
export async function findUnreadable(context: RegistryContext, options: AbortableOptions): Promise<readonly string[]> {
  const problems: string[] = [];
  for await (const entry of eachEntry(context, options)) {
    try {
      decodeEntry(entry);
    } catch (error) {
      if (!isInternalError(error)) throw error;
      problems.push(error.message);
    }
  }
  return problems;
}
