import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { commands } from '../src/definitions/commands.js';
import { CommandLine } from './helpers/command-line.js';
import { dynamicService } from './helpers/manifests.js';
import { TestPlatform } from './helpers/platform.js';

describe('faults of the earlier tool that this one must not have', () => {
  let platform: TestPlatform;
  let line: CommandLine;

  beforeAll(async () => {
    platform = await TestPlatform.start();
    await platform.service('web-front');
    await platform.service('web');
  });
  beforeEach(async () => {
    line = await CommandLine.create();
    line.platformUrl = platform.url;
    return () => line[Symbol.asyncDispose]();
  });
  afterAll(() => platform[Symbol.asyncDispose]());

  it('fault 42: an error is printed once, in one line, without the usage text', async () => {
    const { code, stdout, stderr } = await line.run(['get', 'services', 'missing']);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr.match(/missing/g)).toHaveLength(1);
    expect(stderr).toBe('error: service "missing" not found\nhint: ecsmctl get services lists them\n');
  });

  it('an answer that does not come in time tells where there is more time', async () => {
    await using slow = await TestPlatform.start({ faults: { rules: [{ kind: 'lost' }] } });
    const { code, stderr } = await line.run(['get', 'nodes', '--platform-url', slow.url, '--request-timeout', '50ms']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/no answer within 50 ms .*\nhint: is the link slow\? --request-timeout/);
  });

  it('a verb of declared objects names the commands that a type of the platform has', async () => {
    expect(await line.run(['delete', 'node', 'worker-1'])).toMatchObject({
      code: 2,
      stderr:
        'error: "delete" works on declared objects, and nodes belong to the platform\n' +
        'hint: for nodes there is "ecsmctl node add", "ecsmctl node update", "ecsmctl node remove"\n',
    });
    expect((await line.run(['label', 'registry', 'local', 'a=b'])).stderr).toContain('hint: see ecsmctl --help');
  });

  it('what an error quotes cannot command the terminal', async () => {
    const { stderr } = await line.run(['get\u001b[2J']);
    expect(stderr).toContain('unknown command "get\u{fffd}[2J"');
  });

  it('fault 43: an unknown type is an error, and so is an argument that nothing takes', async () => {
    const unknown = await line.run(['get', 'foo']);
    expect(unknown).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: unknown resource type "foo"\nhint: ecsmctl api-resources lists the types; kinds of your own come with --kinds FILE\n',
    });
    const name = await line.run(['get', 'nodes', 'foo']);
    expect(name.code).toBe(3);
    expect(name.stderr).toContain('node "foo" not found');
    const surplus = await line.run(['version', 'foo']);
    expect(surplus.code).toBe(2);
    expect(surplus.stderr).toContain('does not take "foo"');
  });

  it.each(['nodes', 'images', 'services'])(
    'fault 44: --page shows one page of %s, without any other flag',
    async (type) => {
      const all = (await line.ok('get', type, '--no-headers', '-o', 'name')).trim().split('\n');
      const second = (await line.ok('get', type, '--page', '2', '--page-size', '1', '-o', 'name')).trim().split('\n');
      expect(second).toEqual([all[1]]);
    },
  );

  it('fault 45: --service and --node take an exact name or id, both at once, and never a part of a name', async () => {
    const names = async (...args: readonly string[]) =>
      (await line.ok('get', 'containers', '-o', 'custom-columns=S:.serviceName,N:.nodeName', '--no-headers', ...args))
        .trim()
        .split('\n')
        .map((row) => row.split(/\s+/));
    const byName = await names('--service', 'web');
    expect(byName.map(([service]) => service)).toEqual(['web', 'web']);
    const id = (await line.ok('get', 'services', 'web', '-o', 'jsonpath={.id}')).trim();
    expect(await names('--service', id)).toEqual(byName);
    expect(await names('--service', 'web', '--node', 'worker-1')).toEqual([['web', 'worker-1']]);
    const part = await line.run(['get', 'containers', '--service', 'web-fron']);
    expect(part.code).toBe(3);
    expect(part.stderr).toContain('did you mean "web-front"?');
  });

  it('fault 46: describe works for any number of services, for an offline node, and by short type names', async () => {
    platform.simulator.cluster.takeNodeDown('worker-5');
    await platform.settle();
    const offline = await line.run(['describe', 'no', 'worker-5']);
    expect(offline.code).toBe(0);
    expect(offline.stdout).toMatch(/^Status: +offline$/m);
    for (const word of ['service', 'svc', 'services']) {
      expect(await line.ok('describe', word, 'web')).toMatch(/^Name: +web$/m);
    }
  });

  it('fault 47: -n is the namespace, of platform services that of the object which owns them; --name filters by name', async () => {
    const manifest = await line.file('api.yaml', dynamicService('api'));
    await line.ok('apply', '-n', 'flight', '-f', manifest);
    const registry = await line.registry();
    expect(await line.ok('get', 'es', '-n', 'flight', '-o', 'name')).toBe('ecsmservice/api\n');
    expect((await line.run(['get', 'services', '-n', 'flight'])).stderr).toBe('No services found.\n');
    expect(await line.ok('get', 'services', '--name', 'fron', '-o', 'name')).toBe('service/web-front\n');
    await registry.close();
  });

  it('fault 48: there are verbs that write, output for programs, and a watch', async () => {
    const names = commands.map(({ name }) => name);
    for (const verb of ['create', 'apply', 'delete', 'scale', 'edit', 'service start', 'service stop']) {
      expect(names).toContain(verb);
    }
    for (const format of ['json', 'yaml', 'wide']) {
      expect((await line.run(['get', 'nodes', '-o', format])).code).toBe(0);
    }
    expect(commands.find(({ name }) => name === 'get')?.flags).toHaveProperty('watch');
  });
});
