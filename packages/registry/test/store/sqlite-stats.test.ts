import { join } from 'node:path';
import { SqliteStore } from '@ecsm/registry';
import { expect, it } from 'vitest';
import { key, put, temporaryFolder } from './helpers.js';

it('counts many entries without keeping the event loop to itself', async () => {
  await using folder = await temporaryFolder();
  await using store = await SqliteStore.open({ path: join(folder.path, 'registry.db') });
  const writes = Array.from({ length: 12_000 }, (_, at) => put(key(`n${at}`, `ns-${at % 7}`, `kind-${at % 2}`), 'x'));
  await store.commit({ checks: [], writes: [...writes, put(key('only', 'default', 'rare'), 'x')] });
  let turns = 0;
  const counted = store.stats();
  const count = (): void => {
    turns++;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  const stats = await counted;
  clearImmediate(turn);
  expect(stats.entries).toEqual({ 'kind-0': 6_000, 'kind-1': 6_000, rare: 1 });
  expect(stats.logRows).toBe(12_001 + 1);
  expect(turns).toBeGreaterThan(0);
});
