import { BadRequestError } from '@ecsm/api-types';
import type { StoreCommit, StoreKey } from '../store.js';
import { keyText } from './key-order.js';

// Text is stored as UTF-8, which has no form for half a surrogate pair: two such names would become one.
const loneSurrogate = /\p{Surrogate}/u;

/** Together with the entries that have expired, which go along, their numbers fit into 24 bits. */
const mostWrites = 10_000_000;

function refuse(rule: string): never {
  throw new BadRequestError({ message: `the commit makes no sense: ${rule}` });
}

function show(key: StoreKey): string {
  return JSON.stringify(key);
}

function assertKey(key: StoreKey): void {
  if (key.kind === '' || key.name === '') refuse(`a key needs a kind and a name, received ${show(key)}`);
  if (loneSurrogate.test(key.kind + key.namespace + key.name)) {
    refuse(`a key must be well-formed Unicode, received ${show(key)}`);
  }
}

function assertText(text: string | undefined, what: string, key: StoreKey): void {
  if (text !== undefined && loneSurrogate.test(text)) refuse(`the ${what} of ${show(key)} is no well-formed Unicode`);
}

/**
 * Refuses a commit that no store could carry out as it is meant.
 *
 * @throws BadRequestError naming the key and the rule
 */
export function assertCommit(commit: StoreCommit): void {
  for (const check of commit.checks) {
    assertKey(check.key);
    if (!Number.isSafeInteger(check.revision) || check.revision < 0) {
      refuse(`a check needs a revision of 0 or more, received ${check.revision} for ${show(check.key)}`);
    }
  }
  if (commit.writes.length > mostWrites) {
    refuse(`it has ${commit.writes.length} writes, and one commit may have ${mostWrites}`);
  }
  const written = new Set<string>();
  for (const write of commit.writes) {
    assertKey(write.key);
    assertText(write.type === 'apply' ? undefined : write.value, 'value', write.key);
    assertText(write.type === 'delete' ? undefined : write.applied, 'applied text', write.key);
    if (commit.writes.length > 1) {
      const text = keyText(write.key);
      if (written.has(text)) refuse(`it writes ${show(write.key)} twice`);
      written.add(text);
    }
  }
}
