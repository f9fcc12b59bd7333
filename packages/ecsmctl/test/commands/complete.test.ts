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
