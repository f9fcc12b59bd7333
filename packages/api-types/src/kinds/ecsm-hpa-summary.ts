import type { ECSMHpa, MetricValueStatus } from './ecsm-hpa.js';

/** What a wanted and a seen metric have in common. */
interface NamedMetric {
  readonly resource?: { readonly name: string };
  readonly external?: { readonly metric: { readonly name: string } };
}

function nameOf({ resource, external }: NamedMetric): string {
  return resource?.name ?? external?.metric.name ?? '';
}

/** A value as it was given or seen, with the sign that tells a mean from a whole. */
function valueText({ averageUtilization, averageValue, value }: MetricValueStatus): string | undefined {
  if (averageUtilization !== undefined) return `${averageUtilization}%`;
  return averageValue === undefined ? value : `${averageValue} (avg)`;
}

/** What an autoscaler sees and what it steers to, metric by metric: `cpu: 47%/60%, queue: <unknown>/30`. */
export function targetsOf(hpa: ECSMHpa): string {
  const seen = new Map(
    (hpa.status?.currentMetrics ?? []).map((metric) => [
      `${metric.type} ${nameOf(metric)}`,
      valueText((metric.resource ?? metric.external)?.current ?? {}),
    ]),
  );
  return (hpa.spec.metrics ?? [])
    .map((metric) => {
      const name = nameOf(metric);
      const wanted = valueText((metric.resource ?? metric.external)?.target ?? {}) ?? '<none>';
      return `${name}: ${seen.get(`${metric.type} ${name}`) ?? '<unknown>'}/${wanted}`;
    })
    .join(', ');
}
