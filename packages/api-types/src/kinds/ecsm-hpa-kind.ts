import type { FieldError } from '../errors/invalid-error.js';
import { ecsmHpaSchema } from '../generated/schemas.js';
import { validateECSMHpa } from '../generated/validators.js';
import { defineKind, type KindDefinition } from '../kind-definition.js';
import { checkQuantity } from '../quantity.js';
import { targetsOf } from './ecsm-hpa-summary.js';
import type { ECSMHpa as Hpa, MetricSpec, MetricTarget } from './ecsm-hpa.js';

/** Keeps the number of replicas of a service in step with its load; shaped as autoscaling/v2. */
export type ECSMHpa = Hpa;

/** The mean CPU percentage that Kubernetes' autoscaler steers to when nothing is said. */
const defaultCpuUtilization = 80;

function applyHpaDefaults(hpa: Hpa): Hpa {
  const metrics: readonly MetricSpec[] = [
    {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: defaultCpuUtilization } },
    },
  ];
  const { spec } = hpa;
  return {
    ...hpa,
    spec: {
      minReplicas: 1,
      ...spec,
      metrics: spec.metrics === undefined || spec.metrics.length === 0 ? metrics : spec.metrics,
    },
  };
}

const valueFieldOf = { Utilization: 'averageUtilization', AverageValue: 'averageValue', Value: 'value' } as const;

function checkTarget(at: string, target: MetricTarget): FieldError[] {
  const field = valueFieldOf[target.type];
  const value = target[field];
  if (value === undefined) return [{ field: `${at}.${field}`, rule: `is required when type is ${target.type}` }];
  if (typeof value === 'number') return [];
  const rule = checkQuantity(value);
  return rule === undefined ? [] : [{ field: `${at}.${field}`, value, rule }];
}

function checkMetric(metric: MetricSpec, index: number): FieldError[] {
  const at = `spec.metrics[${index}]`;
  if (metric.type === 'Resource') {
    if (metric.resource === undefined) return [{ field: `${at}.resource`, rule: 'is required when type is Resource' }];
    const { target } = metric.resource;
    return target.type === 'Value'
      ? [
          {
            field: `${at}.resource.target.type`,
            value: target.type,
            rule: 'must be Utilization or AverageValue for a Resource metric',
          },
        ]
      : checkTarget(`${at}.resource.target`, target);
  }
  if (metric.external === undefined) return [{ field: `${at}.external`, rule: 'is required when type is External' }];
  const { target } = metric.external;
  return target.type === 'Utilization'
    ? [
        {
          field: `${at}.external.target.type`,
          value: target.type,
          rule: 'must be Value or AverageValue for an External metric',
        },
      ]
    : checkTarget(`${at}.external.target`, target);
}

function validateHpa(hpa: Hpa): readonly FieldError[] {
  const { minReplicas = 1, maxReplicas, metrics = [], scaleTargetRef } = hpa.spec;
  const errors: FieldError[] = metrics.flatMap(checkMetric);
  if (minReplicas > maxReplicas) {
    errors.push({
      field: 'spec.maxReplicas',
      value: maxReplicas,
      rule: `must not be less than minReplicas (${minReplicas})`,
    });
  }
  if (minReplicas === 0 && !metrics.some((metric) => metric.type === 'External')) {
    errors.push({
      field: 'spec.minReplicas',
      value: 0,
      rule: 'must be at least 1 unless a metric of type External is given: without containers there is no load to wake up for',
    });
  }
  if (scaleTargetRef.kind !== 'ECSMService') {
    errors.push({ field: 'spec.scaleTargetRef.kind', value: scaleTargetRef.kind, rule: 'must be ECSMService' });
  }
  return errors;
}

/** The kind of autoscalers. */
export const ECSMHpa: KindDefinition<Hpa> = defineKind<Hpa>({
  group: 'ecsm.sh',
  version: 'v1',
  kind: 'ECSMHpa',
  shortNames: ['hpa'],
  description: 'Keeps the number of replicas of a service in step with its load.',
  schema: ecsmHpaSchema,
  validateSchema: validateECSMHpa,
  subresources: { status: true },
  printerColumns: [
    {
      name: 'REFERENCE',
      value: (object) => `${(object as Hpa).spec.scaleTargetRef.kind}/${(object as Hpa).spec.scaleTargetRef.name}`,
    },
    { name: 'TARGETS', value: (object) => targetsOf(object as Hpa) },
    { name: 'MINPODS', value: '.spec.minReplicas', format: 'number' },
    { name: 'MAXPODS', value: '.spec.maxReplicas', format: 'number' },
    { name: 'REPLICAS', value: '.status.currentReplicas', format: 'number' },
    { name: 'AGE', value: '.metadata.creationTimestamp', format: 'age' },
  ],
  applyDefaults: applyHpaDefaults,
  validate: validateHpa,
});
