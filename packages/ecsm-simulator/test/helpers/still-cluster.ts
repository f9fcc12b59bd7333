import { ManualClock } from '@ecsm/api-types/testing';

import { Cluster, type ClusterEvent, type ClusterOptions } from '@ecsm/ecsm-simulator';

/** A cluster whose time stands still until it is advanced, with a record of what happened. */
export function stillCluster(options: ClusterOptions = {}): { cluster: Cluster; events: ClusterEvent[] } {
  const events: ClusterEvent[] = [];
  const cluster = new Cluster({
    clock: new ManualClock(),
    speed: 0,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { cluster, events };
}
