/**
 * An operator whose autoscalers can follow Prometheus: `main.ts REGISTRY PLATFORM-URL PROMETHEUS-URL`.
 */
import { createClientset } from '@ecsm/ecsm-client';
import { Operator } from '@ecsm/operator';
import { Registry } from '@ecsm/registry';

import { PrometheusMetrics } from './prometheus-metrics.js';

const [path = 'registry.db', baseUrl = 'http://127.0.0.1:3001', prometheus = 'http://127.0.0.1:9090'] =
  process.argv.slice(2);
await using registry = await Registry.open({ path });
await using clientset = createClientset({ baseUrl });
await using operator = await Operator.start({
  registry,
  clientset,
  metricSources: [
    new PrometheusMetrics(prometheus, {
      'jobs-waiting': ({ target }) => `sum(jobs_waiting{service="${target.name}"})`,
    }),
  ],
});
console.log(`Follows ${path} on ${baseUrl}, with metrics from ${prometheus}; Ctrl-C ends it.`);
process.once('SIGINT', () => void operator.stop());
await operator.ended;
