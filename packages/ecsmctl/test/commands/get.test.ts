import { ManualClock } from '@ecsm/api-types/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { dynamicService } from '../helpers/manifests.js';
import { TestPlatform } from '../helpers/platform.js';

const nothing = { code: 0, stdout: '', stderr: '' };

describe('get', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create(new ManualClock());
    const labels = '{app: web, example.dev/name: front, toString: x}';
    await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web', 2, { labels })));
    await line.ok('apply', '-f', await line.file('api.yaml', dynamicService('api', 2, { labels: '{app: api}' })));
    return () => line[Symbol.asyncDispose]();
  });

  it('--ignore-not-found says nothing of what is not there, in any format, and shows the rest', async () => {
    for (const format of ['table', 'json', 'yaml', 'name', 'jsonpath={.items}'])
      expect(await line.run(['get', 'es', 'none', '--ignore-not-found', '-o', format])).toEqual(nothing);
    expect(await line.run(['get', 'hpa', '--ignore-not-found'])).toEqual(nothing);
    expect(await line.run(['get', 'es', 'none', 'web', '--ignore-not-found', '-o', 'name'])).toEqual({
      ...nothing,
      stdout: 'ecsmservice/web\n',
    });
    expect(await line.ok('get', 'hpa', '--ignore-not-found', '-o', 'json')).toContain('"items": []');
  });

  it('--ignore-not-found holds for the platform, and hides neither a wrong filter nor a dead platform', async () => {
    expect((await line.run(['get', 'node', 'none', '--ignore-not-found'])).code).toBe(1);
    await using platform = await TestPlatform.start();
    line.platformUrl = platform.url;
    expect(await line.run(['get', 'node', 'none', '--ignore-not-found'])).toEqual(nothing);
    expect((await line.run(['get', 'containers', '--node', 'none', '--ignore-not-found'])).code).toBe(3);
  });

  it.each([',', ''])('asks for a type where %j is none', async (word) => {
    expect((await line.run(['get', word])).stderr).toContain('error: a resource type is missing\n');
  });

  it('takes every name that api-resources -o name prints', async () => {
    await using platform = await TestPlatform.start();
    line.platformUrl = platform.url;
    const types = (await line.ok('api-resources', '-o', 'name')).trim().split('\n');
    expect(types).toContain('ecsmservices');
    for (const type of types.filter((each) => each !== 'records'))
      expect((await line.run(['get', type, '-o', 'name'])).code, type).toBe(0);
  });

  it('-L shows a column for each label, and names of several types keep theirs', async () => {
    expect(await line.ok('get', 'es', '-L', 'app,example.dev/name', '--label-columns', 'toString')).toBe(
      [
        'NAME   STRATEGY   DESIRED   READY   UPDATED   IMAGE               STATUS        AGE   APP   NAME     TOSTRING',
        'api    Dynamic    2         0       0         web@1.0.0#sylixos   Progressing   0s    api   <none>   <none>',
        'web    Dynamic    2         0       0         web@1.0.0#sylixos   Progressing   0s    web   front    x',
        '',
      ].join('\n'),
    );
    const both = await line.ok('get', 'es,hpa', '-L', 'example.dev/name');
    expect(both).toMatch(/^ecsmservice\/web .* front$/m);
    const nodes = await line.run(['get', 'nodes', '-L', 'zone']);
    expect(nodes.code).toBe(2);
    expect(nodes.stderr).toContain('nodes of the platform have no labels');
  });
});
