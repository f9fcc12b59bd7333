/** A process that writes into a registry when it is told to, for the watch across processes. */
import { SqliteStore } from '@ecsm/registry';

const store = await SqliteStore.open({ path: process.argv[2] ?? '' });
const key = { kind: 'ticks', namespace: '', name: 'tick' };

process.on('message', (count: number) => {
  const text = JSON.stringify({ count });
  const value = { value: text, uid: 'tick', generation: 1, labels: {}, owners: [] };
  void store.commit({ checks: [], writes: [{ type: 'put', key, ...value }] }).then(() => {
    // Both processes read the same clock: since the start of the machine.
    process.send?.([count, process.hrtime.bigint().toString()]);
  });
});
process.on('disconnect', () => void store.close());
process.send?.('ready');
