import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { dynamicService } from './helpers/manifests.js';
import { System } from './helpers/system.js';

const good = dynamicService('web', 1);

describe('bad input to ecsmctl apply', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start();
  });
  afterAll(async () => {
    await system[Symbol.asyncDispose]();
  });

  it.each<[string, string, RegExp]>([
    [
      'malformed YAML',
      'apiVersion: ecsm.sh/v1\nkind: ECSMService\nmetadata: {name: web\nspec: 1',
      /line \d+.*column \d+|:\d+:\d+/s,
    ],
    ['an unknown kind', good.replace('kind: ECSMService', 'kind: ECSMServices'), /ECSMServices.*known/s],
    ['an unknown field', good.replace('replicas:', 'replica:'), /spec\.deploymentStrategy\.replica\b/],
    ['a wrong type', good.replace('replicas: 1', "replicas: 'one'"), /spec\.deploymentStrategy\.replicas.*"one"/],
    ['Dynamic without nodePool', good.replace(/ {4}nodePool:.*\n/, ''), /spec\.deploymentStrategy\.nodePool/],
    ['Dynamic without replicas', good.replace(/ {4}replicas:.*\n/, ''), /spec\.deploymentStrategy\.replicas/],
    ['a name with a slash', good.replace('name: web', 'name: a/b'), /metadata\.name.*"a\/b"/],
    ['a name that is a path', good.replace('name: web', "name: '../../etc'"), /metadata\.name/],
    [
      'an object of 2 MiB',
      good.replace('namespace: default', `namespace: default\n  annotations: {a: ${'x'.repeat(2 ** 21)}}`),
      /MiB|bytes|large/i,
    ],
  ])(
    'refuses %s with one error that names file, document and field, and stores nothing',
    async (_title, manifest, pattern) => {
      const file = join(system.home, 'bad.yaml');
      await writeFile(file, manifest);
      const { code, stderr } = await system.ctl(['apply', '-f', file]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(pattern);
      expect(stderr).toContain('bad.yaml');
      expect(stderr.length).toBeLessThan(2_000);
      expect(stderr).not.toMatch(/\bat .*\.js:\d+/);
      expect((await system.services.list()).items).toEqual([]);
    },
  );

  it('refuses an empty file', async () => {
    const file = join(system.home, 'empty.yaml');
    await writeFile(file, '');
    const { code, stderr } = await system.ctl(['apply', '-f', file]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/empty\.yaml/);
  });

  it('refuses a file that is not there', async () => {
    const { code, stderr } = await system.ctl(['apply', '-f', join(system.home, 'missing.yaml')]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/missing\.yaml/);
  });

  it('applies the good documents of a folder, names the bad one, and says what became of the others', async () => {
    const folder = join(system.home, 'manifests');
    await mkdir(folder);
    await writeFile(
      join(folder, 'mixed.yaml'),
      `${dynamicService('good-1', 1)}---\n${good.replace('replicas: 1', 'replicas: -1')}---\n${dynamicService('good-2', 1)}`,
    );
    const { code, stdout, stderr } = await system.ctl(['apply', '-f', folder]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/mixed\.yaml/);
    expect(stderr).toMatch(/spec\.deploymentStrategy\.replicas/);
    expect(stdout).toMatch(/good-1 created/);
    expect(stdout).toMatch(/good-2 created/);
    expect((await system.services.list()).items.map((service) => service.metadata.name)).toEqual(['good-1', 'good-2']);
  });

  it('with --atomic stores nothing when one document is bad', async () => {
    const manifest = `${dynamicService('all-1', 1)}---\n${dynamicService('all-2', -1)}`;
    const { code, stdout, stderr } = await system.ctl(['apply', '--atomic', '-f', '-'], manifest);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/nothing/i);
    const names = (await system.services.list()).items.map((service) => service.metadata.name);
    expect(names).not.toContain('all-1');
  });
});
