import { beforeEach, describe, expect, it } from 'vitest';

import type { CommandLine } from '../helpers/command-line.js';
import { lineOnPlatform } from '../helpers/line-on-platform.js';
import type { TestPlatform } from '../helpers/platform.js';

describe('verbs on the platform', () => {
  let platform: TestPlatform;
  let line: CommandLine;

  beforeEach(async () => {
    const started = await lineOnPlatform();
    ({ platform, line } = started);
    return () => started[Symbol.asyncDispose]();
  });

  const list = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await line.ok('get', ...args, '--no-headers')).split('\n').filter((each) => each !== '');
  const containers = (service: string, field: string) =>
    list('containers', '--service', service, '-o', `custom-columns=F:.${field}`);

  it('service stop and start act on every container of the service', async () => {
    await platform.service('camera');
    expect(await line.ok('service', 'stop', 'camera')).toBe('service/camera stopping\n');
    await platform.settle();
    expect(await containers('camera', 'status')).toEqual(['exited', 'exited']);
    expect(await line.ok('service', 'start', 'camera')).toBe('service/camera starting\n');
    await platform.settle();
    expect(await containers('camera', 'status')).toEqual(['running', 'running']);
  });

  it('service start needs no --force on what an object owns: the operator wants it started too', async () => {
    await platform.service('owned', ['ECSM_SH_OWNER=default/flight/web']);
    await line.ok('service', 'stop', 'owned', '--force');
    await platform.settle();
    expect(await line.ok('service', 'start', 'owned')).toBe('service/owned starting\n');
    await platform.settle();
    expect(await containers('owned', 'status')).toEqual(['running', 'running']);
  });

  it.each([
    ['stop', 'ecsmctl scale es/web --replicas 0 -n flight'],
    ['restart', 'ecsmctl rollout restart es/web -n flight'],
    ['redeploy', 'ecsmctl rollout restart es/web -n flight'],
    ['delete', 'ecsmctl delete es/web -n flight'],
  ])('service %s names the way through the object that owns it', async (verb, way) => {
    await platform.service('owned', ['ECSM_SH_OWNER=default/flight/web']);
    const { code, stderr } = await line.run(['service', verb, 'owned']);
    expect(code).toBe(1);
    expect(stderr).toContain(`change the object instead (${way}), or add --force`);
  });

  it('container stop, start, pause and unpause act on the one that is named', async () => {
    await platform.service('camera');
    const [first = '', second = ''] = await containers('camera', 'name');
    const statusOf = async (name: string) => list('co', name, '-o', 'custom-columns=S:.status');
    for (const [verb, said, status] of [
      ['stop', 'stopping', 'exited'],
      ['start', 'starting', 'running'],
      ['pause', 'pausing', 'paused'],
      ['unpause', 'going on', 'running'],
    ] as const) {
      expect(await line.ok('container', verb, first)).toBe(`container/${first} ${said}\n`);
      await platform.settle();
      expect(await statusOf(first)).toEqual([status]);
      expect(await statusOf(second)).toEqual(['running']);
    }
  });

  it('container stop of what an object owns asks for --force', async () => {
    await platform.service('owned', ['ECSM_SH_OWNER=default/flight/web']);
    const [name = ''] = await containers('owned', 'name');
    const { code, stderr } = await line.run(['container', 'stop', name]);
    expect(code).toBe(1);
    expect(stderr).toContain('service owned belongs to the declared object flight/web');
    expect(await line.ok('container', 'stop', name, '--force')).toBe(`container/${name} stopping\n`);
  });

  it('image shows one or several images, for people and for programs', async () => {
    expect(await line.ok('image', 'web@1.0.0#sylixos')).toMatch(
      /^Name: +web\n[\s\S]*Tag: +1\.0\.0\n[\s\S]*Configuration:/,
    );
    expect(JSON.parse(await line.ok('image', 'web@1.0.0#sylixos', '-o', 'json'))).toMatchObject({
      name: 'web',
      tag: '1.0.0',
    });
    const two = await line.ok('image', 'web@1.0.0#sylixos', 'web@1.0.0#linux', '-o', 'yaml');
    expect(two.match(/^ {4}os: \w+$/gm)).toEqual(['    os: sylixos', '    os: linux']);
    const list: unknown = JSON.parse(await line.ok('image', 'web@1.0.0#sylixos', 'web@1.0.0#linux', '-o', 'json'));
    expect(list).toMatchObject({ kind: 'List', items: [{ os: 'sylixos' }, { os: 'linux' }] });
    expect((await line.ok('image', 'web@1.0.0#sylixos', 'web@1.0.0#linux')).match(/^Name: /gm)).toHaveLength(2);
    const missing = await line.run(['image', 'wbe@1.0.0#sylixos']);
    expect(missing).toMatchObject({ code: 3, stdout: '' });
    expect(missing.stderr).toContain('"wbe@1.0.0#sylixos"');
  });

  it('config map does what configmap does', async () => {
    expect(await line.ok('config', 'map', 'set', 'mode', '{"a": 1}', '--type', 'json')).toBe(
      'configmap/mode created\n',
    );
    expect(await list('cm', 'mode', '-o', 'jsonpath={.value.a}')).toEqual(['1']);
    expect(await line.ok('config', 'map', 'set', 'mode', 'safe')).toBe('configmap/mode updated\n');
    expect(await list('cm', 'mode', '-o', 'jsonpath={.value}')).toEqual(['safe']);
    expect(await line.ok('config', 'map', 'delete', 'mode')).toBe('configmap/mode deleted\n');
    expect(await line.run(['config', 'map', 'delete', 'mode'])).toMatchObject({ code: 3, stdout: '' });
    const { code, stderr } = await line.run(['config', 'map', 'set', 'mode', '{', '--type', 'json']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: 'error: "{" is no json\n' });
  });

  it.each(['10.0.0.7', '10.0.0.7:', '10.0.0.7:0', '10.0.0.7:65536', ':1112', 'fd00::1:1112', 'http://n:1', 'a b:1'])(
    'node add and node update refuse the address "%s" before they ask the platform',
    async (address) => {
      for (const [verb, name] of [
        ['add', 'n7'],
        ['update', 'worker-1'],
      ] as const) {
        const { code, stderr } = await line.run(['node', verb, name, '--address', address, '--password', 'x']);
        expect(code).toBe(2);
        expect(stderr).toBe(
          `error: --address "${address}" must be IP:PORT\nhint: for example --address 10.0.0.7:1112\n`,
        );
      }
      expect(await list('nodes', '-o', 'name')).not.toContain('node/n7');
    },
  );

  it('node add and node update take addresses of either family, and say what else is missing', async () => {
    const addressOf = async (name: string) => list('nodes', name, '-o', 'jsonpath={.address}');
    await line.ok('node', 'add', 'n7', '--address', '[fd00::7]:1112', '--password', 'x');
    expect(await addressOf('n7')).toEqual(['[fd00::7]:1112']);
    await line.ok('node', 'update', 'n7', '--address', '10.0.0.7:65535');
    expect(await addressOf('n7')).toEqual(['10.0.0.7:65535']);
    expect((await line.run(['node', 'add', 'n8'])).stderr).toContain('--address is missing');
    expect((await line.run(['node', 'add', 'n8', '--address', '10.0.0.8:1112'])).stderr).toContain('--password-stdin');
    expect((await line.run(['node', 'update', 'n7'])).stderr).toContain('what to change?');
    for (const [one, other] of [
      ['--tls', '--no-tls'],
      ['--password=x', '--password-stdin'],
    ] as const) {
      const { code, stderr } = await line.run(['node', 'update', 'n7', one, other]);
      expect(stderr).toBe(`error: ${one.replace('=x', '')} and ${other} cannot be given together\n`);
      expect(code).toBe(2);
    }
  });

  it('a file that cannot be read is named', async () => {
    for (const args of [
      ['service', 'create', '-f', 'none.yaml'],
      ['patch', 'es', 'web', '--patch-file', 'none.yaml'],
    ])
      expect(await line.run(args)).toEqual({
        code: 1,
        stdout: '',
        stderr: 'error: the file none.yaml cannot be read: ENOENT\n',
      });
    expect((await line.run(['patch', 'es', 'web', '--patch-file', 'none.yaml', '-p', '{}'])).code).toBe(2);
  });

  it('template move and deploy work on what is at a path', async () => {
    await line.ok('template', 'create', '/lab', '--folder');
    await line.ok('template', 'create', '/field', '--folder');
    await line.ok('template', 'create', '/lab', '--image', 'web@1.0.0#sylixos');
    const templatePath = async () => /^(\S+) +service /m.exec(await line.ok('get', 'templates'))?.[1] ?? '';
    const path = await templatePath();
    expect(path).toMatch(/^\/lab\/./);
    expect(await line.ok('template', 'move', path, '/field/moved')).toBe(`template ${path} moved to /field/moved\n`);
    expect(await templatePath()).toBe('/field/moved');
    const taken = await line.run(['template', 'move', '/field/moved', '/lab']);
    expect(taken.code).toBe(4);
    expect(taken.stderr).toContain('template /lab already exists');
    const empty = await line.run(['template', 'deploy', '/lab']);
    expect(empty).toMatchObject({ code: 3, stdout: '' });
    expect(empty.stderr).toBe('error: there are no templates below /lab\nhint: ecsmctl get templates lists them\n');
    expect(await line.ok('template', 'deploy', '/field', '--load')).toMatch(/^service\/\S+ deploying\n$/);
  });

  it('record delete forgets a deployment record', async () => {
    await platform.service('camera');
    await line.ok('service', 'redeploy', 'camera');
    await platform.settle();
    const ids = await list('records', '--service', 'camera', '-o', 'custom-columns=I:.id');
    const [oldest = ''] = ids.slice(-1);
    expect(ids.length).toBeGreaterThan(0);
    expect(await line.ok('record', 'delete', oldest)).toBe(`record/${oldest} deleted\n`);
    const left = (await line.run(['get', 'records', '--service', 'camera', '-o', 'json'])).stdout;
    expect(left).not.toContain(oldest);
    expect((await line.run(['record', 'delete', 'nothing'])).code).not.toBe(0);
  });
});
