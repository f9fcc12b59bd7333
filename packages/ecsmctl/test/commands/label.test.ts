import { ECSMService } from '@ecsm/api-types';
import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { dynamicService } from '../helpers/manifests.js';

describe('label and annotate', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
    await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web')));
    return () => line[Symbol.asyncDispose]();
  });

  it('say as kubectl does whether anything changed', async () => {
    expect(await line.ok('label', 'es', 'web', 'app=web')).toBe('ecsmservice/web not labeled\n');
    expect(await line.ok('label', 'es', 'web', 'tier=front')).toBe('ecsmservice/web labeled\n');
    expect(await line.ok('label', 'es', 'web', 'tier=front', 'app-')).toBe('ecsmservice/web unlabeled\n');
    expect(await line.run(['label', 'es', 'web', 'nope-', 'constructor-'])).toEqual({
      code: 0,
      stdout: 'ecsmservice/web not labeled\n',
      stderr: 'ecsmservice/web has no label nope\necsmservice/web has no label constructor\n',
    });
    expect(await line.ok('annotate', 'es', 'web', 'team=a')).toBe('ecsmservice/web annotated\n');
    expect(await line.ok('annotate', 'es', 'web', 'team=a')).toBe('ecsmservice/web not annotated\n');
    expect(await line.ok('annotate', 'es', 'web', 'team-')).toBe('ecsmservice/web annotated\n');
    expect((await line.run(['annotate', 'es', 'web', 'team-'])).stderr).toBe(
      'ecsmservice/web has no annotation team\n',
    );
  });

  it('take names that every JavaScript object has for what they are', async () => {
    await line.ok('label', 'es', 'web', 'toString=x');
    const { metadata } = await (await line.registry()).resource(ECSMService).get({ namespace: 'default', name: 'web' });
    expect(metadata.labels).toMatchObject({ toString: 'x' });
    const refused = await line.run(['label', 'es', 'web', '__proto__=x']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('__proto__');
  });

  it('print the object in the format asked for', async () => {
    expect(await line.ok('label', 'es', 'web', 'a=b', '-o', 'name')).toBe('ecsmservice/web\n');
    expect(JSON.parse(await line.ok('annotate', 'es', 'web', 'a=b', '-o', 'json'))).toMatchObject({
      metadata: { annotations: { a: 'b' } },
    });
  });

  it('refuse a key that is to become two things, and say when nothing matches', async () => {
    for (const changes of [
      ['a=1', 'a-'],
      ['a=1', 'a=2'],
    ]) {
      const { code, stderr } = await line.run(['label', 'es', 'web', ...changes]);
      expect(stderr).toBe('error: "a" is to become two things at once\n');
      expect(code).toBe(2);
    }
    expect(await line.run(['label', 'es', '-l', 'app=none', 'a=1'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Nothing matches.\n',
    });
  });
});
