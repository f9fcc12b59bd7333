/**
 * The process that a crash test kills. It commits without pause and tells on its standard output what it is about to
 * write (`> keys and uids`) and what came of it (`= revision` or `!` for a lost race), one line each. A line that is out before the
 * kill is in the parent's hands, because a write to a pipe is done when it returns.
 */
import { writeSync } from 'node:fs';

import { SeededRandom } from '@ecsm/api-types/testing';

import { isRevisionMismatchError } from '../../src/errors/revision-mismatch-error.js';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import type { StoreKey, StoreWrite } from '../../src/store/store.js';

const [path = '', writer = '', seed = '0'] = process.argv.slice(2);
const random = new SeededRandom(Number(seed));
const tell = (line: string): void => void writeSync(1, `${line}\n`);

const key = (index: number): StoreKey => ({ kind: 'notes', namespace: 'crash', name: `n${index}` });
const pick = (below: number): number => Math.floor(random.next() * below);

/** Few keys are shared by all writers, so that they get in each other's way; the rest is each writer's own. */
function pickKey(): StoreKey {
  return random.chance(0.3) ? key(pick(5)) : { ...key(pick(40)), namespace: `crash-${writer}` };
}

let count = 0;

function toWrite(of: StoreKey): StoreWrite {
  if (random.chance(0.15)) return { type: 'delete', key: of };
  const text = `${writer}-${seed}-${count}`;
  const value = JSON.stringify({ text, padding: 'x'.repeat(pick(3_000)) });
  return { type: 'put', key: of, value, uid: text, generation: count, labels: { writer }, owners: [] };
}

const store = await SqliteStore.open({ path, maxLogRows: 500 });
for (;;) {
  const keys = new Map(Array.from({ length: 1 + pick(4) }, () => pickKey()).map((of) => [JSON.stringify(of), of]));
  const writes = [...keys.values()].map(toWrite);
  const checks: { readonly key: StoreKey; readonly revision: number }[] = [];
  for (const { key: of } of writes) checks.push({ key: of, revision: (await store.get(of))?.revision ?? 0 });
  // A commit of deletions of what is not there has no revision of its own.
  if (!writes.some((write, index) => write.type === 'put' || (checks[index]?.revision ?? 0) > 0)) continue;
  count++;
  tell(`> ${JSON.stringify(writes.map((write) => [write.key, write.type === 'put' ? write.uid : null]))}`);
  try {
    tell(`= ${await store.commit({ checks, writes })}`);
  } catch (error) {
    if (!isRevisionMismatchError(error)) throw error;
    tell('!');
  }
}
