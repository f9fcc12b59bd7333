import type { Registry as MetricsRegistry } from 'prom-client';

/** The value of a metric with these labels, which has to be there. */
export async function metricValue(
  metrics: MetricsRegistry,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const metric = await metrics.getSingleMetric(name)!.get();
  const found = metric.values.find((each) =>
    Object.entries(labels).every(([label, wanted]) => each.labels[label] === wanted),
  );
  if (found === undefined) throw new Error(`there is no ${name} with ${JSON.stringify(labels)}`);
  return found.value;
}
