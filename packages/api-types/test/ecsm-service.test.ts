import { ECSMService, ecsmScheme, edit, type Draft, type ECSMServiceSpec, type FieldError } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { keyOf, serviceStatusWord, type Stored } from '@ecsm/api-types';

const dynamic: ECSMService = {
  apiVersion: 'ecsm.sh/v1',
  kind: 'ECSMService',
  metadata: { namespace: 'default', name: 'web' },
  spec: {
    deploymentStrategy: { type: 'Dynamic', replicas: 3, nodePool: ['worker-1'] },
    template: { image: 'web@1.0.0#sylixos' },
  },
};

function variant(change: (spec: Draft<ECSMServiceSpec>) => void): ECSMService {
  return edit(dynamic, (draft) => {
    change(draft.spec);
  });
}

async function check(
  service: ECSMService,
  others: readonly ECSMService[] = [],
): Promise<{ readonly errors: readonly FieldError[]; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const errors = await ECSMService.validate!(service, {
    warn: (warning) => warnings.push(warning),
    read: async (key) =>
      others.find((other) => other.metadata.name === key.name && other.metadata.namespace === key.namespace) as
        Stored<ECSMService> | undefined,
  });
  return { errors, warnings };
}

describe('ECSMService schema', () => {
  const validate = ECSMService.validateSchema!;

  it('takes a small service', () => {
    expect(validate(dynamic)).toBe(true);
  });

  it.each([
    ['an unknown field', { ...dynamic, spec: { ...dynamic.spec, replica: 1 } }, 'additionalProperties'],
    ['a wrong type', variant((spec) => Object.assign(spec.deploymentStrategy, { replicas: '3' })), 'type'],
    ['half an instance', variant((spec) => (spec.deploymentStrategy.replicas = 1.5)), 'type'],
    ['more than can be counted', variant((spec) => (spec.deploymentStrategy.replicas = 99_999_999_999)), 'maximum'],
    ['less than nothing', variant((spec) => (spec.deploymentStrategy.replicas = -1)), 'minimum'],
    ['an unknown strategy', variant((spec) => Object.assign(spec.deploymentStrategy, { type: 'static' })), 'enum'],
    ['no template', { ...dynamic, spec: { deploymentStrategy: dynamic.spec.deploymentStrategy } }, 'required'],
    ['a port that is none', variant((spec) => (spec.template.vsoa = { port: 70_000 })), 'maximum'],
  ])('refuses %s', (_title, object, keyword) => {
    expect(validate(object)).toBe(false);
    expect(validate.errors?.map((error) => error.keyword)).toContain(keyword);
  });

  it('reports every violation at once', () => {
    expect(validate({ ...dynamic, spec: { template: { image: 1, extra: true } } })).toBe(false);
    expect(validate.errors?.length).toBeGreaterThanOrEqual(3);
  });
});

describe('ECSMService rules', () => {
  it('accepts a plain service', async () => {
    expect(await check(dynamic)).toEqual({ errors: [], warnings: [] });
  });

  it.each<[string, ECSMService, string]>([
    [
      'Dynamic without nodePool',
      variant((spec) => delete spec.deploymentStrategy.nodePool),
      'spec.deploymentStrategy.nodePool',
    ],
    [
      'Dynamic with an empty nodePool',
      variant((spec) => (spec.deploymentStrategy.nodePool = [])),
      'spec.deploymentStrategy.nodePool',
    ],
    [
      'Dynamic without replicas',
      variant((spec) => delete spec.deploymentStrategy.replicas),
      'spec.deploymentStrategy.replicas',
    ],
    ['Dynamic with nodes', variant((spec) => (spec.deploymentStrategy.nodes = ['a'])), 'spec.deploymentStrategy.nodes'],
    [
      'Static without nodes',
      variant((spec) => (spec.deploymentStrategy = { type: 'Static' })),
      'spec.deploymentStrategy.nodes',
    ],
    [
      'Static with nodePool',
      variant((spec) => (spec.deploymentStrategy = { type: 'Static', nodes: ['a'], nodePool: ['a'] })),
      'spec.deploymentStrategy.nodePool',
    ],
    [
      'a node twice',
      variant((spec) => (spec.deploymentStrategy.nodePool = ['a', 'a'])),
      'spec.deploymentStrategy.nodePool[1]',
    ],
    ['an image without tag', variant((spec) => (spec.template.image = 'web')), 'spec.template.image'],
    [
      'an image of another os',
      variant((spec) => (spec.template.platformSpecific = { platform: { os: 'linux' } })),
      'spec.template.platformSpecific.platform.os',
    ],
    [
      'an env name with =',
      variant((spec) => (spec.template.env = [{ name: 'A=B', value: '' }])),
      'spec.template.env[0].name',
    ],
    [
      'the reserved env prefix',
      variant((spec) => (spec.template.env = [{ name: 'ECSM_SH_OWNER', value: 'x' }])),
      'spec.template.env[0].name',
    ],
    [
      'an env name twice',
      variant(
        (spec) =>
          (spec.template.env = [
            { name: 'A', value: '1' },
            { name: 'A', value: '2' },
          ]),
      ),
      'spec.template.env[1].name',
    ],
    [
      'a limit that is no quantity',
      variant((spec) => (spec.template.resources = { limits: { memory: '64MB' } })),
      'spec.template.resources.limits.memory',
    ],
    [
      'a relative path',
      variant((spec) => (spec.template.volumeMounts = [{ name: 'v', hostPath: 'data', containerPath: '/data' }])),
      'spec.template.volumeMounts[0].hostPath',
    ],
    [
      'priorities upside down',
      variant((spec) => (spec.template.platformSpecific = { sylixos: { cpu: { highestPrio: 200, lowestPrio: 100 } } })),
      'spec.template.platformSpecific.sylixos.cpu.highestPrio',
    ],
    [
      'a rolling update that cannot move',
      variant((spec) => (spec.updateStrategy = { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } })),
      'spec.updateStrategy.rollingUpdate.maxUnavailable',
    ],
    [
      'rollingUpdate with Recreate',
      variant((spec) => (spec.updateStrategy = { type: 'Recreate', rollingUpdate: { maxSurge: 1 } })),
      'spec.updateStrategy.rollingUpdate',
    ],
    [
      'a deadline within minReadySeconds',
      variant((spec) => (spec.updateStrategy = { minReadySeconds: 60, progressDeadlineSeconds: 60 })),
      'spec.updateStrategy.progressDeadlineSeconds',
    ],
  ])('refuses %s', async (_title, service, field) => {
    const { errors } = await check(service);
    expect(errors.map((error) => error.field)).toContain(field);
  });

  it('warns about replicas of a Static service', async () => {
    const service = variant((spec) => (spec.deploymentStrategy = { type: 'Static', nodes: ['a'], replicas: 2 }));
    const { errors, warnings } = await check(service);
    expect(errors).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it('refuses a dependency cycle with its path, and takes a diamond', async () => {
    const depending = (name: string, ...on: string[]): ECSMService =>
      edit(dynamic, (draft) => {
        draft.metadata.name = name;
        draft.spec.dependsOn = on.map((each) => ({ name: each }));
      });
    const diamond = [depending('a', 'b', 'c'), depending('b', 'd'), depending('c', 'd'), depending('d')];
    expect((await check(diamond[0]!, diamond)).errors).toEqual([]);
    const closing = depending('d', 'a');
    const { errors } = await check(closing, diamond);
    expect(errors[0]?.rule).toContain('default/d → default/a → default/b → default/d');
    expect((await check(depending('self', 'self'))).errors).toHaveLength(1);
  });
});

describe('ECSMService defaults', () => {
  it('are a Deployment’s for Dynamic and a DaemonSet’s for Static', () => {
    expect(ECSMService.applyDefaults!(dynamic).spec).toMatchObject({
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
        minReadySeconds: 0,
        progressDeadlineSeconds: 600,
        autoRollback: false,
      },
      upgradeStrategy: { type: 'Never' },
      revisionHistoryLimit: 10,
      paused: false,
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      template: { imagePullPolicy: 'IfNotPresent', platformSpecific: { action: 'Run' } },
    });
    const fixed = variant((spec) => (spec.deploymentStrategy = { type: 'Static', nodes: ['a'] }));
    expect(ECSMService.applyDefaults!(fixed).spec.updateStrategy?.rollingUpdate).toEqual({
      maxSurge: 0,
      maxUnavailable: 1,
    });
  });

  it('pull always for the tag latest', () => {
    const latest = variant((spec) => (spec.template.image = 'web@latest'));
    expect(ECSMService.applyDefaults!(latest).spec.template.imagePullPolicy).toBe('Always');
  });

  it('keep what the user said, and stay the same when applied again', async () => {
    const said = variant((spec) => {
      spec.paused = true;
      spec.updateStrategy = { type: 'Recreate' };
      spec.template.imagePullPolicy = 'Never';
    });
    const once = ECSMService.applyDefaults!(said);
    expect(once.spec).toMatchObject({
      paused: true,
      updateStrategy: { type: 'Recreate' },
      template: { imagePullPolicy: 'Never' },
    });
    expect(once.spec.updateStrategy).not.toHaveProperty('rollingUpdate');
    expect(ECSMService.applyDefaults!(once)).toEqual(once);
    expect((await check(once)).errors).toEqual([]);
  });
});

describe('what tables show', () => {
  const at = '2026-01-01T00:00:00Z';
  const condition = (type: string, status: 'True' | 'False', reason = 'X') => ({
    type,
    status,
    reason,
    message: '',
    lastTransitionTime: at,
  });
  const shown = (
    status: ECSMService['status'],
    change: (draft: Draft<ECSMService>) => void = () => undefined,
  ): string =>
    serviceStatusWord(
      edit({ ...dynamic, metadata: { ...dynamic.metadata, generation: 2 }, ...(status && { status }) }, change),
    );

  it.each([
    ['nothing seen yet', undefined, 'Progressing'],
    ['settled', { observedGeneration: 2, conditions: [condition('Available', 'True')] }, 'Available'],
    [
      'rolled out',
      {
        observedGeneration: 2,
        conditions: [condition('Available', 'True'), condition('Progressing', 'True', 'RolloutComplete')],
      },
      'Available',
    ],
    [
      'rolling',
      { observedGeneration: 2, conditions: [condition('Available', 'True'), condition('Progressing', 'True')] },
      'Progressing',
    ],
    ['an old generation', { observedGeneration: 1, conditions: [condition('Available', 'True')] }, 'Progressing'],
    ['waiting', { observedGeneration: 2, conditions: [condition('DependenciesReady', 'False')] }, 'Waiting'],
    ['preempted', { observedGeneration: 2, conditions: [condition('Preempted', 'True')] }, 'Preempted'],
    ['degraded', { observedGeneration: 2, conditions: [condition('Degraded', 'True')] }, 'Degraded'],
    ['unavailable', { observedGeneration: 2, conditions: [condition('Available', 'False')] }, 'Degraded'],
  ] as const)('%s → %s', (_title, status, word) => {
    expect(shown(status)).toBe(word);
  });

  it('shows paused and terminating', () => {
    expect(shown(undefined, (draft) => (draft.spec.paused = true))).toBe('Paused');
    expect(shown(undefined, (draft) => (draft.metadata.deletionTimestamp = at))).toBe('Terminating');
  });

  it('has a value for every printer column of every kind', () => {
    const columns = ECSMService.printerColumns.map((column) => column.name);
    expect(columns.slice(0, 7)).toEqual(['STRATEGY', 'DESIRED', 'READY', 'UPDATED', 'IMAGE', 'STATUS', 'AGE']);
    for (const column of ECSMService.printerColumns) {
      if (typeof column.value === 'function') expect(column.value(dynamic)).toBeDefined();
    }
    expect(ecsmScheme.kinds.map((kind) => kind.kind)).toContain('ECSMHpa');
    expect(keyOf(dynamic)).toEqual({ namespace: 'default', name: 'web' });
  });
});
