import type { MetricQuery, MetricSource } from '@ecsm/operator';

/** The part of Prometheus' answer that is used. */
interface Answer {
  readonly data?: { readonly result?: readonly { readonly value?: readonly [number, string] }[] };
}

/** Lets autoscalers follow Prometheus: each metric it knows is a query. */
export class PrometheusMetrics implements MetricSource {
  readonly #url: string;
  readonly #queries: Readonly<Record<string, (query: MetricQuery) => string>>;

  /**
   * @param url - where Prometheus listens, e.g. `http://127.0.0.1:9090`
   * @param queries - PromQL by the name that autoscalers use for it
   */
  constructor(url: string, queries: Readonly<Record<string, (query: MetricQuery) => string>>) {
    this.#url = url;
    this.#queries = queries;
  }

  async read(query: MetricQuery, { signal }: { readonly signal: AbortSignal }): Promise<number | undefined> {
    const promQl = this.#queries[query.name]?.(query);
    if (promQl === undefined) return undefined; // not ours: the next source is asked
    const response = await fetch(`${this.#url}/api/v1/query?query=${encodeURIComponent(promQl)}`, { signal });
    if (!response.ok) throw new Error(`Prometheus answers ${response.status}`);
    const { data } = (await response.json()) as Answer;
    const value = data?.result?.[0]?.value?.[1];
    if (value === undefined) throw new Error(`Prometheus has no data for ${promQl}`);
    return Number(value);
  }
}
