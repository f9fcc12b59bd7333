import type { ApiObject } from '../api-object.js';
import type { Condition } from '../condition.js';

/** Which object an autoscaler scales. */
export interface CrossVersionObjectReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** How a target is given. */
export const metricTargetTypes = ['Utilization', 'Value', 'AverageValue'] as const;

/** The value an autoscaler steers towards. */
export interface MetricTarget {
  readonly type: (typeof metricTargetTypes)[number];
  /**
   * Mean percent over the ready instances.
   *
   * @asType integer
   * @minimum 1
   */
  readonly averageUtilization?: number;
  /** Mean over the instances, as a quantity. */
  readonly averageValue?: string;
  /** The whole, as a quantity. */
  readonly value?: string;
}

/** Where a metric comes from: the containers' own figures, or a source the operator was given. */
export const metricSourceTypes = ['Resource', 'External'] as const;

/** One metric an autoscaler looks at. */
export interface MetricSpec {
  readonly type: (typeof metricSourceTypes)[number];
  /** `cpu` or `memory` of the containers. */
  readonly resource?: { readonly name: 'cpu' | 'memory'; readonly target: MetricTarget };
  /** A value by name from a metric source that the program running the operator has registered. */
  readonly external?: {
    readonly metric: {
      readonly name: string;
      readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    };
    readonly target: MetricTarget;
  };
}

/** Which policy counts when several allow different changes. */
export const scalingPolicySelects = ['Max', 'Min', 'Disabled'] as const;

/** How much change is allowed in a period. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  /**
   * @asType integer
   * @minimum 1
   */
  readonly value: number;
  /**
   * @asType integer
   * @minimum 1
   * @maximum 1800
   */
  readonly periodSeconds: number;
}

/** Rules for one direction. */
export interface ScalingRules {
  /**
   * @asType integer
   * @minimum 0
   * @maximum 3600
   */
  readonly stabilizationWindowSeconds?: number;
  /** @defaultValue `'Max'` */
  readonly selectPolicy?: (typeof scalingPolicySelects)[number];
  readonly policies?: readonly ScalingPolicy[];
  /** Share of the target that is not worth a change, as a quantity; default 0.1. */
  readonly tolerance?: string;
}

/** What the user wants of an autoscaler. */
export interface ECSMHpaSpec {
  readonly scaleTargetRef: CrossVersionObjectReference;
  /**
   * @asType integer
   * @minimum 0
   * @defaultValue `1`
   */
  readonly minReplicas?: number;
  /**
   * @asType integer
   * @minimum 1
   */
  readonly maxReplicas: number;
  readonly metrics?: readonly MetricSpec[];
  readonly behavior?: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules };
}

/** What a metric was when it was last read. */
export interface MetricStatus {
  readonly type: (typeof metricSourceTypes)[number];
  readonly resource?: { readonly name: 'cpu' | 'memory'; readonly current: MetricValueStatus };
  readonly external?: { readonly metric: { readonly name: string }; readonly current: MetricValueStatus };
}

/** A metric's value, in the form of its target. */
export interface MetricValueStatus {
  readonly averageUtilization?: number;
  readonly averageValue?: string;
  readonly value?: string;
}

/** What the autoscaler last saw and did. */
export interface ECSMHpaStatus {
  /** @asType integer */
  readonly observedGeneration?: number;
  /** RFC 3339, UTC. */
  readonly lastScaleTime?: string;
  /** @asType integer */
  readonly currentReplicas?: number;
  /** @asType integer */
  readonly desiredReplicas?: number;
  readonly currentMetrics?: readonly MetricStatus[];
  readonly conditions?: readonly Condition[];
}

/** Keeps the number of replicas of a service in step with its load; shaped as autoscaling/v2. */
export interface ECSMHpa extends ApiObject {
  readonly spec: ECSMHpaSpec;
  readonly status?: ECSMHpaStatus;
}
