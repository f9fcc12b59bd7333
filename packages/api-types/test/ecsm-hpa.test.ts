import { ECSMHpa, edit, type Draft, type ECSMHpaSpec } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

const hpa: ECSMHpa = {
  apiVersion: 'ecsm.sh/v1',
  kind: 'ECSMHpa',
  metadata: { namespace: 'default', name: 'web' },
  spec: { scaleTargetRef: { kind: 'ECSMService', name: 'web' }, maxReplicas: 5 },
};

async function fieldsOf(change: (spec: Draft<ECSMHpaSpec>) => void): Promise<string[]> {
  const changed = edit(hpa, (draft) => {
    change(draft.spec);
  });
  const errors = await ECSMHpa.validate!(changed, { warn: () => undefined, read: async () => undefined });
  return errors.map((error) => error.field);
}

describe('ECSMHpa', () => {
  it('steers to 80 % CPU between 1 and the maximum when nothing else is said', () => {
    expect(ECSMHpa.applyDefaults!(hpa).spec).toMatchObject({
      minReplicas: 1,
      metrics: [{ resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    });
  });

  it.each<[string, (spec: Draft<ECSMHpaSpec>) => void, string]>([
    ['a maximum below the minimum', (spec) => (spec.minReplicas = 6), 'spec.maxReplicas'],
    ['zero without an external metric', (spec) => (spec.minReplicas = 0), 'spec.minReplicas'],
    ['a target of another kind', (spec) => (spec.scaleTargetRef.kind = 'Deployment'), 'spec.scaleTargetRef.kind'],
    ['a metric without its part', (spec) => (spec.metrics = [{ type: 'Resource' }]), 'spec.metrics[0].resource'],
    [
      'a target without its value',
      (spec) => (spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue' } } }]),
      'spec.metrics[0].resource.target.averageValue',
    ],
    [
      'a value that is no quantity',
      (spec) =>
        (spec.metrics = [
          { type: 'External', external: { metric: { name: 'q' }, target: { type: 'Value', value: 'many' } } },
        ]),
      'spec.metrics[0].external.target.value',
    ],
  ])('refuses %s', async (_title, change, field) => {
    expect(await fieldsOf(change)).toContain(field);
  });

  it('takes zero with an external metric', async () => {
    expect(
      await fieldsOf((spec) => {
        spec.minReplicas = 0;
        spec.metrics = [
          { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '10' } } },
        ];
      }),
    ).toEqual([]);
  });

  it('shows what it sees beside what it steers to', () => {
    const shown = edit(ECSMHpa.applyDefaults!(hpa), (draft) => {
      draft.spec.metrics = [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '200Mi' } } },
        { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '30' } } },
      ];
      draft.status = {
        currentMetrics: [
          { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 47 } } },
          { type: 'Resource', resource: { name: 'memory', current: { averageValue: '143Mi' } } },
        ],
      };
    });
    const column = ECSMHpa.printerColumns.find(({ name }) => name === 'TARGETS');
    const text = typeof column?.value === 'function' ? column.value(shown) : undefined;
    expect(text).toBe('cpu: 47%/60%, memory: 143Mi (avg)/200Mi (avg), queue: <unknown>/30');
  });
});
