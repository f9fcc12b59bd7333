import type { WorkQueue } from '@ecsm/workqueue';

/** Takes every key that is ready and gives each back at once; returns them in order. */
export function takeAll<K>(queue: WorkQueue<K>): K[] {
  const keys: K[] = [];
  for (let item = queue.tryGet(); item !== undefined; item = queue.tryGet()) {
    keys.push(item.key);
    queue.done(item.key);
  }
  return keys;
}
