import { isReadableError } from '@ecsm/api-types';

/** How many errors of a chain of causes are shown: it may be a ring, or have no end. */
const maxErrors = 10;

/** The stack of an error and those of its causes, for people. */
export function stackOf(error: Error): string {
  const stacks: string[] = [];
  for (let each: unknown = error; isReadableError(each) && stacks.length < maxErrors; each = each.cause) {
    stacks.push(each.stack ?? String(each));
  }
  return stacks.join('\ncaused by: ');
}
