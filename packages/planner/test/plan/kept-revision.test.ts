import type { ControllerRevision } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { imageDrift, driftKey, plan, recalled, templateHashOf } from '../../src/index.js';
import { desired, identity, nameOf, now, observed, running, seen, webService } from '../helpers.js';

const v1 = webService(3);
const v2 = webService(3, { template: { image: 'web@2.0.0#sylixos' }, updateStrategy: { autoRollback: true } });

function kept(service: typeof v1, revision: number, more: object = {}): ControllerRevision {
  const data = { template: service.spec.template, hash: templateHashOf(service), ...more };
  return {
    apiVersion: 'ecsm.sh/v1',
    kind: 'ControllerRevision',
    metadata: { name: `web-${revision}` },
    revision,
    data,
  };
}

describe('what the operator remembers', () => {
  it('tells the revision that a failed rollout has returned to', () => {
    const failed = { ...v2, status: { currentRevision: templateHashOf(v1), failedRevision: templateHashOf(v2) } };
    const services = [running(nameOf(v1), 3)];
    expect(plan(desired(failed), observed(services), now).actions).not.toEqual([]);
    const memory = recalled(failed, [kept(v1, 1), kept(v2, 2)]);
    expect(plan({ ...desired(failed), ...memory }, observed(services), now).actions).toEqual([]);
  });

  it("tells the platform's way from a change by hand", () => {
    const { detail } = seen(v1);
    if (detail === undefined) throw new Error('no detail');
    const changed = seen(v1, { image: { ...detail.image, config: { ...detail.image.config, hostname: 'ours' } } });
    const drift = imageDrift(changed.detail ?? detail, { identity, template: v1.spec.template });
    const memory = recalled(v1, [kept(v1, 1, { tolerated: drift.map(driftKey) })]);
    expect(plan(desired(v1), observed([changed]), now).actions).toHaveLength(1);
    expect(plan({ ...desired(v1), ...memory }, observed([changed]), now).actions).toEqual([]);
    const again = seen(v1, { image: { ...detail.image, config: { ...detail.image.config, hostname: 'by hand' } } });
    expect(plan({ ...desired(v1), ...memory }, observed([again]), now).actions).toHaveLength(1);
  });

  it('tells that the platform restarts everything', () => {
    const condition = {
      type: 'ScaleRestarts',
      status: 'True',
      reason: 'AllInstances',
      message: '',
      lastTransitionTime: 'then',
    } as const;
    expect(recalled({ ...v1, status: { conditions: [condition] } }, [])).toMatchObject({
      platform: { putRestarts: 'all' },
    });
    expect(recalled(v1, [])).not.toHaveProperty('platform');
  });
});
