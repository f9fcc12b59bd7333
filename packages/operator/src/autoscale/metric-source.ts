import type { AbortableOptions, ObjectKey } from '@ecsm/api-types';

/** Which value an autoscaler asks for. */
export interface MetricQuery {
  /** `spec.metrics[].external.metric.name` of the autoscaler. */
  readonly name: string;
  /** `spec.metrics[].external.metric.selector.matchLabels` of the autoscaler; empty when it names none. */
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly autoscaler: ObjectKey;
  /** The service it scales. */
  readonly target: ObjectKey;
}

/**
 * Reads values that autoscalers can follow from somewhere else than the containers: a Prometheus query, a VSOA value, the
 * length of a queue. Hand it to the operator with `OperatorOptions.metricSources`.
 *
 * It is asked once per autoscaler and period while the platform answers. A source that throws, takes longer than ten
 * seconds, or gives anything but a number of 0 or more counts as a metric that could not be read: nothing is scaled down
 * because of it.
 *
 * @example
 * ```ts
 * const queue: MetricSource = {
 *   async read({ name, matchLabels }, { signal }) {
 *     if (name !== 'queue-length') return undefined;
 *     const answer = await fetch(`http://queue.local/${matchLabels['topic']}/length`, { signal });
 *     return Number(await answer.text());
 *   },
 * };
 * ```
 */
export interface MetricSource {
  /**
   * Reads the value for the whole service.
   *
   * @returns `undefined` when it has no metric of this name: the next source is asked
   */
  read(query: MetricQuery, options: Required<AbortableOptions>): Promise<number | undefined>;
}
