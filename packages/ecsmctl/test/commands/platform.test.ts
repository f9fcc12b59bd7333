import { ECSMService, edit } from '@ecsm/api-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { dynamicService } from '../helpers/manifests.js';
import { TestPlatform } from '../helpers/platform.js';

describe('commands on the platform', () => {
  let platform: TestPlatform;
  let line: CommandLine;
  let ownId: string;

  beforeAll(async () => {
    platform = await TestPlatform.start();
    line = await CommandLine.create();
    line.platformUrl = platform.url;
    ownId = await platform.service('camera');
    await platform.service('owned', ['ECSM_SH_OWNER=default/flight/web']);
  });
  afterAll(async () => {
    await line[Symbol.asyncDispose]();
    await platform[Symbol.asyncDispose]();
  });

  it('get shows every kind', async () => {
    expect(await line.ok('get', 'nodes')).toMatch(
      /^NAME +STATUS +ADDRESS +TYPE +ARCH +CONTAINERS +UPTIME\nworker-1 +online/,
    );
    expect(await line.ok('get', 'services')).toMatch(/^camera +complete +dynamic +2 +2 +web@1\.0\.0 /m);
    expect(await line.ok('get', 'containers', '--service', 'camera')).toMatch(
      /running +0 +web@1\.0\.0 +camera +worker-1/,
    );
    expect(await line.ok('get', 'images', 'web@1.0.0#sylixos')).toMatch(/^web +1\.0\.0 +sylixos/m);
    expect(await line.ok('get', 'registries')).toMatch(/local/);
    expect((await line.run(['get', 'records', '--service', 'camera'])).code).toBe(0);
    expect((await line.run(['get', 'micro-services'])).code).toBe(0);
    expect((await line.run(['get', 'templates'])).code).toBe(0);
    expect((await line.run(['get', 'records'])).stderr).toContain('--service');
  });

  it('keeps node passwords to itself', async () => {
    expect(await line.ok('get', 'nodes', '-o', 'json')).not.toContain('password');
    const { stderr } = await line.run(
      ['node', 'add', 'n9', '--address', '10.0.0.9:1112', '--password-stdin', '-v', 'debug'],
      {
        stdin: 'very-secret\n',
      },
    );
    expect(stderr).toContain('POST');
    expect(stderr).not.toContain('very-secret');
  });

  it('an ambiguous image name lists what it could be', async () => {
    const { code, stderr } = await line.run(['describe', 'image', 'web@1.0.0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /2 images are called "web@1\.0\.0"\nhint: use an id: web@1\.0\.0#sylixos \(.+\), web@1\.0\.0#linux/,
    );
  });

  it('describe of a whole type lists it once, reads each service once, and goes on when one is gone meanwhile', async () => {
    const { requests } = platform.simulator;
    requests.reset();
    const shown = await line.ok('describe', 'services');
    const count = shown.match(/^Deploy Status:/gm)?.length ?? 0;
    expect(count).toBeGreaterThan(1);
    expect(requests.counts.get('GET /api/v1/service')?.received).toBe(1);
    expect(requests.counts.get('GET /api/v1/service/:id')?.received).toBe(count);
    const { faults } = platform.simulator;
    faults.setPlan({ rules: [{ route: 'GET /service/*', kind: 'refusal', status: 404, times: 1 }] });
    const meanwhile = await line.run(['describe', 'services']);
    faults.setPlan({});
    expect(meanwhile.code).toBe(3);
    expect(meanwhile.stderr).toMatch(/^error: GET .* \(NotFound/);
    expect(meanwhile.stdout.match(/^Deploy Status:/gm)).toHaveLength(count - 1);
  });

  it('describe of all declared services reads each list of the platform once, and waits for a mute platform once', async () => {
    await using own = await CommandLine.create();
    own.platformUrl = platform.url;
    for (const name of ['a', 'b', 'c'])
      await own.ok('apply', '-f', await own.file(`${name}.yaml`, dynamicService(name)));
    const { requests, faults } = platform.simulator;
    requests.reset();
    expect((await own.ok('describe', 'es')).match(/^Room:/gm)).toHaveLength(3);
    for (const list of ['service', 'node', 'node/status', 'container/node'])
      expect(requests.counts.get(`GET /api/v1/${list}`)?.received, list).toBe(1);
    requests.reset();
    faults.setPlan({ rules: [{ route: 'GET /service', kind: 'refusal', status: 500 }] });
    const mute = await own.ok('describe', 'es');
    faults.setPlan({});
    expect(mute.match(/^Containers: +<unknown> \(the platform does not answer/gm)).toHaveLength(3);
    expect(requests.counts.get('GET /api/v1/service')?.received).toBe(1);
  });

  it('describe tells about each kind', async () => {
    expect(await line.ok('describe', 'service', 'camera')).toMatch(
      /Deployment:\n {2}Policy: +dynamic[\s\S]*Containers:\n {2}NAME/,
    );
    expect(await line.ok('describe', 'service', 'owned')).toMatch(/Owned By: +ecsmservice flight\/web/);
    expect(await line.ok('describe', 'node', 'worker-1')).toMatch(/Metrics:\n {2}Uptime/);
    expect(await line.ok('describe', 'image', 'web@1.0.0#sylixos')).toMatch(/Configuration:/);
    const [container = ''] = (await line.ok('get', 'co', '-o', 'custom-columns=N:.name', '--no-headers')).split('\n');
    expect(await line.ok('describe', 'co', container)).toMatch(/Runtime Info:[\s\S]*Resource Usage:[\s\S]*History:/);
  });

  it('refuses to disturb what an object owns, unless forced', async () => {
    const { code, stderr } = await line.run(['service', 'stop', 'owned']);
    expect(code).toBe(1);
    expect(stderr).toContain('belongs to the declared object flight/web: the operator would undo "stop"');
    expect(stderr).toContain('--force');
    expect(await line.ok('service', 'stop', 'owned', '--force')).toBe('service/owned stopping\n');
    const [container = ''] = (
      await line.ok('get', 'co', '--service', 'owned', '-o', 'custom-columns=N:.name', '--no-headers')
    ).split('\n');
    expect((await line.run(['container', 'pause', container])).code).toBe(1);
    expect((await line.run(['container', 'restart', container])).code).toBe(0);
  });

  it('looks every name up before it touches anything', async () => {
    const { code } = await line.run(['service', 'delete', 'camera', 'camra']);
    expect(code).toBe(3);
    expect(await line.ok('get', 'services', 'camera', '-o', 'name')).toBe('service/camera\n');
  });

  it('filters services by the namespace of the object that owns them', async () => {
    await line.ok('apply', '-n', 'orbit', '-f', await line.file('cam.yaml', dynamicService('cam')));
    const services = (await line.registry()).resource(ECSMService).namespace('orbit');
    const stored = await services.get('cam');
    await services.updateStatus(edit(stored, (draft) => void (draft.status = { underlyingServiceID: ownId })));
    expect(await line.ok('get', 'services', '-n', 'orbit', '-o', 'name')).toBe('service/camera\n');
    expect((await line.ok('get', 'containers', '-n', 'orbit', '-o', 'name')).trim().split('\n')).toHaveLength(2);
    expect((await line.run(['get', 'services', '-n', 'elsewhere'])).stderr).toBe('No services found.\n');
  });

  it('import writes a manifest that apply takes', async () => {
    const manifest = await line.ok('import', 'svc', 'camera', '--name', 'camera');
    expect(manifest).toContain(`ecsm.sh/adopt: ${ownId}`);
    const { stdout } = await line.run(['apply', '-f', '-'], { stdin: manifest });
    expect(stdout).toBe('ecsmservice/camera created\n');
    expect((await line.run(['import', 'node', 'worker-1'])).code).toBe(2);
  });

  it('import names what the service has otherwise than its image, and no more', async () => {
    const ref = 'web@1.0.0#sylixos';
    const own = await platform.client.images.config(ref);
    const config = { ...own, sylixos: { resources: { memory: { memoryLimitMB: 64 } } } };
    const mounts = [{ destination: '/logs', source: '/mnt/logs', options: ['rw'] }];
    await platform.client.services.create({
      name: 'limited',
      image: { ref, action: 'run', config: { ...config, mounts } },
      node: { names: ['worker-1'] },
      policy: 'static',
    });
    const manifest = await line.ok('import', 'svc', 'limited', '--no-adopt');
    expect(manifest).toContain('    resources:\n      limits:\n        memory: 64Mi\n');
    expect(manifest).toContain('hostPath: /mnt/logs\n');
    expect(manifest).not.toContain('root:');
    await line.ok('service', 'delete', 'limited');
    await platform.settle();
  });

  it('import tells what no field of a template can say', async () => {
    const ref = 'web@1.0.0#sylixos';
    const own = await platform.client.images.config(ref);
    const config = {
      ...own,
      process: { args: ['/apps/web/web'], env: ['A=1'], user: { uid: 7, gid: 7 } },
      mounts: [
        { destination: '/logs', source: '/mnt/logs', options: ['rw'] },
        { destination: '/lib', source: '/mnt/lib', options: ['rx'] },
      ],
    };
    await platform.client.services.create({
      name: 'odd',
      image: { ref, action: 'run', config },
      node: { names: ['worker-1'] },
      policy: 'static',
    });
    const { code, stdout, stderr } = await line.run(['import', 'svc', 'odd']);
    expect(stderr).toBe(
      'warning: the manifest is without what service odd has and no field of a template can say: ' +
        'image.config.process.user.uid 7; image.config.process.user.gid 7; ' +
        'image.config.mounts {"destination":"/lib","source":"/mnt/lib","options":["rx"]}\n',
    );
    expect(stdout).toContain('hostPath: /mnt/logs\n');
    expect(code).toBe(0);
    await line.ok('service', 'delete', 'odd');
    await platform.settle();
    expect((await line.run(['import', 'svc', 'camera'])).stderr).not.toContain('without');
  });

  it('top shows nodes, containers and services', async () => {
    expect(await line.ok('top', 'nodes')).toMatch(/^NAME +STATUS +CPU% +MEMORY +MEMORY% +DISK% +PROCESSES\n/);
    expect(await line.ok('top', 'containers', '--sort-by', 'memory')).toMatch(/^NAME +CPU%/);
    expect(await line.ok('top', 'services')).toMatch(/^camera +2 /m);
  });

  it('creates, changes and deletes a service of its own', async () => {
    const request = 'name: plain\nimage: {ref: "web@1.0.0#sylixos"}\nnode: {names: [worker-1]}\n';
    expect(await line.ok('service', 'create', '-f', await line.file('r.yaml', request))).toMatch(
      /^service\/plain created/,
    );
    await platform.settle();
    await line.ok('service', 'update', 'plain', '-f', await line.file('u.yaml', 'node: {names: [worker-2]}\n'));
    await platform.settle();
    expect(await line.ok('get', 'services', 'plain', '-o', 'jsonpath={.nodeList[*].nodeName}')).toBe('worker-2');
    expect(await line.ok('service', 'restart', 'plain')).toBe('service/plain restarting\n');
    expect(await line.ok('service', 'redeploy', 'plain')).toBe('service/plain redeploying\n');
    await platform.settle();
    const record =
      (await line.ok('get', 'records', '--service', 'plain', '-o', 'custom-columns=I:.id', '--no-headers')).split(
        '\n',
      )[0] ?? '';
    expect(await line.ok('service', 'rollback', 'plain', '--record', record)).toContain('rolling back');
    await platform.settle();
    expect(await line.ok('service', 'delete', 'plain')).toBe('service/plain deleted\n');
  });

  it('adds, changes and removes nodes, and says who is in the way', async () => {
    expect(await line.ok('node', 'add', 'n7', '--address', '10.10.0.7:1112', '--password', 'x')).toMatch(
      /^node\/n7 added/,
    );
    expect(await line.ok('node', 'update', 'n7', '--new-name', 'n8')).toBe('node/n8 updated\n');
    expect(await line.ok('node', 'remove', 'n8')).toBe('node/n8 removed\n');
    const { code, stderr } = await line.run(['node', 'remove', 'worker-1']);
    expect(code).toBe(1);
    expect(stderr).toContain('nodes are in use: worker-1 by');
  });

  it('sets and deletes configuration items', async () => {
    expect(await line.ok('configmap', 'set', 'rate', '5', '--type', 'number')).toBe('configmap/rate created\n');
    expect(await line.ok('configmap', 'set', 'rate', '6', '--type', 'number')).toBe('configmap/rate updated\n');
    expect(await line.ok('get', 'cm', 'rate')).toMatch(/^rate +number +6$/m);
    expect(await line.ok('configmap', 'delete', 'rate')).toBe('configmap/rate deleted\n');
    expect((await line.run(['configmap', 'set', 'rate', 'fast', '--type', 'number'])).code).toBe(2);
  });

  it('creates, moves, deploys and deletes templates', async () => {
    await line.ok('template', 'create', '/lab', '--folder');
    await line.ok('template', 'create', '/lab', '--image', 'web@1.0.0#sylixos');
    expect(await line.ok('get', 'templates')).toMatch(/^\/lab\/\S+ +service/m);
    await line.ok('template', 'delete', '/lab');
  });

  it('get shows the types that can be read when another cannot', async () => {
    await line.ok('apply', '-f', await line.file('shown.yaml', dynamicService('shown')));
    const { code, stdout, stderr } = await line.run(['get', 'es,nodes', '--platform-url', 'http://127.0.0.1:1']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ecsmservice\/shown /m);
    expect(stderr).toMatch(/^error: .*no connection to the platform.*\nhint: is the platform there\?/);
    await line.ok('delete', 'es', 'shown');
  });

  it('says what the platform does not answer, with where to look', async () => {
    const { code, stderr } = await line.run(['get', 'nodes', '--platform-url', 'http://127.0.0.1:1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: GET http:\/\/127\.0\.0\.1:1\S*: no connection to the platform[^\n]*\nhint: is the platform there\?/,
    );
  });
});
