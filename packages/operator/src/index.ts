export { Operator, serviceFinalizer } from './operator.js';
export type { OperatorOptions } from './operator-options.js';
export type { Reachability } from './platform/observation.js';
export type { MetricQuery, MetricSource } from './autoscale/metric-source.js';
