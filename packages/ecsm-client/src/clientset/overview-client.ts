import type { NodeMetricsSample, NodeView } from '../wire/overview.js';
import type { CallOptions } from './call-options.js';

/** Which samples of a node to read; without any of them, one sample of now. */
export interface NodeMetricsRange {
  readonly startTime?: number | string;
  readonly endTime?: number | string;
  readonly step?: number | string;
}

/** Calls that show a node from above. */
export interface OverviewClient {
  /** A node, its containers and the services they belong to. */
  nodeView(nodeId: string, options?: CallOptions): Promise<NodeView>;
  /** Figures of a node: one sample of now, or those of a range. */
  nodeMetrics(nodeId: string, range?: NodeMetricsRange, options?: CallOptions): Promise<readonly NodeMetricsSample[]>;
}
