import { ECSMService, edit, Event } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from './helpers/command-line.js';
import { dynamicService } from './helpers/manifests.js';

const conditionTime = '2026-01-01T00:00:00Z';

describe('what people see', () => {
  const clock = new ManualClock();
  let line: CommandLine;

  beforeAll(async () => {
    line = await CommandLine.create(clock);
    await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web', 3)));
    await line.ok(
      'apply',
      '-f',
      await line.file('telemetry.yaml', dynamicService('telemetry', 1, { image: 'telemetry@1.0.0#sylixos' })),
    );
    const registry = await line.registry();
    const services = registry.resource(ECSMService).namespace('default');
    const stored = await services.get('web');
    const condition = { status: 'True', lastTransitionTime: conditionTime, observedGeneration: 1 } as const;
    await services.updateStatus(
      edit(stored, (draft) => {
        draft.status = {
          observedGeneration: 1,
          replicas: 3,
          readyReplicas: 3,
          updatedReplicas: 3,
          availableReplicas: 3,
          currentRevision: 'j09cbzw1',
          conditions: [
            {
              ...condition,
              type: 'Available',
              reason: 'MinimumReplicasAvailable',
              message: '3 of 3 instances are available',
            },
            {
              ...condition,
              type: 'Progressing',
              reason: 'RolloutComplete',
              message: 'revision j09cbzw1 is rolled out',
            },
          ],
        };
      }),
    );
    await registry
      .resource(Event)
      .namespace('default')
      .create({
        apiVersion: 'ecsm.sh/v1',
        kind: 'Event',
        metadata: { name: 'web.1' },
        involvedObject: { kind: 'ECSMService', namespace: 'default', name: 'web' },
        type: 'Normal',
        reason: 'Created',
        message: 'web-2wbejn9q-j09cbzw1 starts with 3 instances on worker-1 and worker-2',
        count: 1,
        firstTimestamp: conditionTime,
        lastTimestamp: conditionTime,
      });
    await clock.advance(5 * 60_000 + 3_000);
  });
  afterAll(() => line[Symbol.asyncDispose]());

  it('get in a pipe', async () => {
    expect(await line.ok('get', 'es')).toBe(
      [
        'NAME        STRATEGY   DESIRED   READY   UPDATED   IMAGE                     STATUS        AGE',
        'telemetry   Dynamic    1         0       0         telemetry@1.0.0#sylixos   Progressing   5m3s',
        'web         Dynamic    3         3       3         web@1.0.0#sylixos         Available     5m3s',
        '',
      ].join('\n'),
    );
  });

  it('get on a terminal of 80 columns: cut to fit, with colour', async () => {
    const { stdout } = await line.run(['get', 'es'], { terminal: 80 });
    expect(stdout).toBe(
      [
        'NAME        STRATEGY   DESIRED   READY   UPDATED   IMAGE      STATUS        AGE',
        'telemetry   Dynamic    1         0       0         telemet…   \u001b[33mProgressing\u001b[0m   5m3s',
        'web         Dynamic    3         3       3         web@1.0…   \u001b[32mAvailable\u001b[0m     5m3s',
        '',
      ].join('\n'),
    );
    const wide = await line.run(['get', 'es', 'web'], { terminal: 120 });
    expect(wide.stdout).toContain('\u001b[32mAvailable\u001b[0m');
    const plain = await line.run(['get', 'es', 'web', '--no-color'], { terminal: 120 });
    expect(plain.stdout).not.toContain('\u001b');
    const env = await line.run(['get', 'es', 'web'], { terminal: 120, env: { NO_COLOR: '1' } });
    expect(env.stdout).not.toContain('\u001b');
  });

  it('get -o wide, --show-labels, -A', async () => {
    expect(await line.ok('get', 'es', 'web', '-o', 'wide', '--show-labels')).toBe(
      [
        'NAME   STRATEGY   DESIRED   READY   UPDATED   IMAGE               STATUS      AGE    NODES               REVISION   PLATFORM-ID   LABELS',
        'web    Dynamic    3         3       3         web@1.0.0#sylixos   Available   5m3s   worker-1,worker-2   j09cbzw1   <none>        app=web',
        '',
      ].join('\n'),
    );
    expect((await line.ok('get', 'es', '-A')).split('\n')[0]).toMatch(/^NAMESPACE +NAME +STRATEGY/);
  });

  it('describe', async () => {
    expect(await line.ok('describe', 'es', 'web')).toBe(`Name:             web
Namespace:        default
Labels:           app=web
Annotations:      <none>
Created:          2026-01-01T00:00:00Z (5m3s ago)
Strategy:         Dynamic
Node Pool:        worker-1
                  worker-2
Update:           RollingUpdate
Max Surge:        25%
Max Unavailable:  25%
Upgrade:          Never
Template:
  image: web@1.0.0#sylixos
  vsoa:
    password: '******'
  imagePullPolicy: IfNotPresent
  platformSpecific:
    action: Run
Status:           Available
Replicas:         3 desired | 3 total | 3 ready | 3 updated | 3 available | 0 unavailable
Platform Id:      <none>
Revision:         j09cbzw1
Observed:         <none>
Operator:         no operator is running on this registry, unless one with leaderElection: none
Conditions:
  TYPE          STATUS   SINCE   REASON                     MESSAGE
  Available     True     5m3s    MinimumReplicasAvailable   3 of 3 instances are available
  Progressing   True     5m3s    RolloutComplete            revision j09cbzw1 is rolled out
Revisions:        <none>
Containers:       <unknown> (the platform does not answer: GET http://127.0.0.1:1/api/v1/service?pageNum=1&pageSize=100: no connection to the platform (connect ECONNREFUSED 127.0.0.1:1))
Events:
  TYPE     REASON    AGE    COUNT   MESSAGE
  Normal   Created   5m3s   1       web-2wbejn9q-j09cbzw1 starts with 3 instances on worker-1 and worker-2
`);
  });

  it('events, in a pipe and at 80 columns', async () => {
    expect(await line.ok('events', '--for', 'es/web')).toBe(
      'LAST SEEN   TYPE     REASON    OBJECT            MESSAGE\n' +
        '5m3s        Normal   Created   ecsmservice/web   web-2wbejn9q-j09cbzw1 starts with 3 instances on worker-1 and worker-2\n',
    );
    expect(await line.ok('events', '--types', 'normal,Warning')).toBe(await line.ok('events'));
    expect((await line.run(['events', '--types', 'WARNING'])).stderr).toBe('No events found.\n');
    expect(await line.run(['events', '--types', 'Warnings'])).toMatchObject({
      code: 2,
      stderr: 'error: --types does not know "Warnings"\nhint: use Normal or Warning\n',
    });
    const { stdout } = await line.run(['events', '--no-color'], { terminal: 80 });
    expect(stdout).toBe(
      'LAST SEEN   TYPE     REASON    OBJECT            MESSAGE\n' +
        '5m3s        Normal   Created   ecsmservice/web   web-2wbejn9q-j09cbzw1 starts w…\n',
    );
  });

  it('Chinese names stay in line, in a pipe and at 80 columns, where a wide character is never halved', async () => {
    await using chinese = await CommandLine.create(clock);
    const manifest = (name: string, image: string) =>
      dynamicService(name, 2, { image }).replace('[worker-1, worker-2]', '[机房甲, 机房乙]');
    await chinese.ok('apply', '-f', await chinese.file('a.yaml', manifest('camera', '相机@1.0.0#sylixos')));
    await chinese.ok('apply', '-f', await chinese.file('b.yaml', manifest('web', 'web@1.0.0#sylixos')));
    expect(await chinese.ok('get', 'es', '-o', 'wide')).toBe(
      [
        'NAME     STRATEGY   DESIRED   READY   UPDATED   IMAGE                STATUS        AGE   NODES           REVISION   PLATFORM-ID',
        'camera   Dynamic    2         0       0         相机@1.0.0#sylixos   Progressing   0s    机房甲,机房乙   <none>     <none>',
        'web      Dynamic    2         0       0         web@1.0.0#sylixos    Progressing   0s    机房甲,机房乙   <none>     <none>',
        '',
      ].join('\n'),
    );
    const image = '相机遥测下行链路@1.0.0#sylixos';
    await chinese.ok('apply', '-f', await chinese.file('a.yaml', manifest('camera', image)));
    const atWidth = async (terminal: number) => (await chinese.run(['get', 'es', '--no-color'], { terminal })).stdout;
    expect(await atWidth(80)).toBe(
      [
        'NAME     STRATEGY   DESIRED   READY   UPDATED   IMAGE          STATUS        AGE',
        'camera   Dynamic    2         0       0         相机遥测下…    Progressing   0s',
        'web      Dynamic    2         0       0         web@1.0.0#s…   Progressing   0s',
        '',
      ].join('\n'),
    );
    expect(await atWidth(79)).toBe(
      [
        'NAME     STRATEGY   DESIRED   READY   UPDATED   IMAGE         STATUS        AGE',
        'camera   Dynamic    2         0       0         相机遥测下…   Progressing   0s',
        'web      Dynamic    2         0       0         web@1.0.0#…   Progressing   0s',
        '',
      ].join('\n'),
    );
  });

  it('describe says all on a terminal of 80 columns too: it is read, not scanned', async () => {
    const { stdout } = await line.run(['describe', 'es', 'web', '--no-color'], { terminal: 80 });
    expect(stdout).toBe(await line.ok('describe', 'es', 'web'));
  });

  it('help of a command', async () => {
    expect(await line.ok('scale', '--help')).toBe(`Set the wanted number of instances.

Usage:
  ecsmctl scale TYPE NAME... | TYPE -l SELECTOR | TYPE --all --replicas N [flags]

Examples:
  # run five instances
  ecsmctl scale es web --replicas 5

Flags:
  -l, --selector SELECTOR    only objects with these labels, e.g. app=web,tier!=test
  --field-selector SELECTOR  only objects with these fields, e.g. status.readyReplicas!=0
  --all                      all objects of the type in the namespace
  --replicas N               the wanted number of instances
  --current-replicas N       only if this is the wanted number now (-1: whatever it is)
  --dry-run WHERE            none, client (reads manifests and checks their form) or server (checks everything, writes nothing)

See "ecsmctl --help" for the flags of every command.
`);
  });

  it('help of all and of a group, version, and nothing at all', async () => {
    expect(await line.ok('help', 'scale')).toBe(await line.ok('scale', '--help'));
    const overview = await line.ok('--help');
    expect(await line.ok('help')).toBe(overview);
    for (const words of [
      ['help', 'scael'],
      ['scael', '--help'],
    ])
      expect(await line.run(words)).toEqual({
        code: 2,
        stdout: '',
        stderr: 'error: unknown command "scael"\nhint: did you mean "ecsmctl scale"?\n',
      });
    expect((await line.run(['help', 'rollout', 'nope'])).stderr).toContain('unknown command "rollout nope"');
    expect(overview).toContain(
      'Exit codes: 0 done, 1 error, 2 usage, 3 not found, 4 conflict, 5 timeout, 130 interrupted.',
    );
    expect(await line.ok()).toBe(overview);
    expect(await line.ok('rollout')).toMatch(/^ {2}ecsmctl rollout status +show how far/);
    expect(await line.ok('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
