import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';

describe('completion of explain', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
    return () => line[Symbol.asyncDispose]();
  });

  const complete = async (word: string) => (await line.ok('complete', '--', 'explain', word)).trim().split('\n');

  it('offers types, and of those that have fields the fields, down to the last', async () => {
    expect(await complete('')).toEqual(expect.arrayContaining(['ecsmservices.', 'nodes']));
    expect(await complete('es.')).toEqual(['es.apiVersion', 'es.kind', 'es.metadata.', 'es.spec.', 'es.status.']);
    expect(await complete('es.spec.te')).toEqual(['es.spec.template.']);
    expect(await complete('es.spec.template.env.')).toEqual([
      'es.spec.template.env.name',
      'es.spec.template.env.value',
    ]);
  });

  it.each(['nodes.', 'none.', 'es.spec.none.', 'es.constructor.', 'es.kind.'])(
    'offers nothing for %s',
    async (word) => {
      expect(await complete(word)).toEqual(['']);
    },
  );

  it('explain takes what completion ends with', async () => {
    expect(await line.ok('explain', 'es.spec.')).toBe(await line.ok('explain', 'es.spec'));
  });
});

describe('completion of values', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
    return () => line[Symbol.asyncDispose]();
  });

  const complete = (...words: readonly string[]) => line.run(['complete', '--', ...words]);

  it.each([
    [['apply', '-f', '']],
    [['apply', '-f=']],
    [['apply', '--filename=w']],
    [['get', 'es', '--registry', '']],
    [['registry', 'backup', '']],
  ])('%j asks the shell for a file, and for nothing else', async (words) => {
    expect(await complete(...words)).toEqual({ code: 3, stdout: '', stderr: '' });
  });

  it.each([
    [['get', 'es', '-o=js'], '-o=json\n-o=jsonpath=\n'],
    [['get', 'es', '--output=wi'], '--output=wide\n'],
    [['scale', 'es', 'web', '--replicas='], ''],
    [['scale', 'es', 'web', '--replicas', ''], ''],
    [['get', 'es', '--registry', '/none/registry.db', ''], ''],
  ])('%j offers values, or nothing, and never a file', async (words, stdout) => {
    expect(await complete(...words)).toEqual({ code: 0, stdout, stderr: '' });
  });
});
