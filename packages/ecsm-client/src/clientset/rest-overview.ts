import { nodeMetricsSample, nodeView } from '../internal/decoders/overview.js';
import type { Lists } from '../internal/lists.js';
import type { RestClient } from '../rest/rest-client.js';
import type { OverviewClient } from './overview-client.js';

/** {@link OverviewClient} over HTTP. */
export function restOverview(rest: RestClient, lists: Lists): OverviewClient {
  return {
    nodeView: async (nodeId, options) => {
      const call = rest.get().resource('overview', 'platform', 'node-view').name(nodeId);
      return (await call.options(options).do()).into(nodeView);
    },
    nodeMetrics: async (nodeId, range = {}, options = {}) => {
      const { startTime, endTime, step } = range;
      const instant = startTime === undefined && endTime === undefined && step === undefined ? true : undefined;
      const call = rest.get().resource('overview', 'node').params({ nodeId, instant, startTime, endTime, step });
      const result = await call.require('the node id', nodeId).options(options).do();
      return result.into((data) => lists.rows('GET /overview/node', data, nodeMetricsSample));
    },
  };
}
