/** What is known of one instance of an autoscaled service. */
export interface InstanceSample {
  /**
   * `ready`: counted as it is. `unready`: exists and does not serve yet. `ignored`: on its way out or failed, no part of
   * the sum at all.
   */
  readonly state: 'ready' | 'unready' | 'ignored';
  /** The figure in the unit of the target; absent when it could not be read. */
  readonly value?: number;
}

/** A number of replicas that one metric asks for, and the value it was made from. */
export interface MetricProposal {
  readonly replicas: number;
  /** Mean over the instances whose value is known, in the unit of the target. */
  readonly mean: number;
}

/** What a metric is compared with. */
export interface MetricGoal {
  /** Wanted mean per instance. */
  readonly target: number;
  /**
   * What an instance without a figure is taken for before a scale-down: for percentages 100 or the target, whichever is
   * more; for plain values the target itself.
   */
  readonly missingWhenScalingDown: number;
  /** Share of the target within which nothing changes, separately for each direction. */
  readonly tolerance: { readonly up: number; readonly down: number };
}
