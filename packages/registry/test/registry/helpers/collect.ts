import type { ApiObject, ResourceClient, WatchEvent, WatchOptions } from '@ecsm/api-types';

/** The first events of a watch. */
export async function collect<T extends ApiObject>(
  client: ResourceClient<T>,
  options: WatchOptions,
  count: number,
): Promise<WatchEvent<T>[]> {
  const events: WatchEvent<T>[] = [];
  if (count === 0) return events;
  for await (const event of client.watch(options)) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}
