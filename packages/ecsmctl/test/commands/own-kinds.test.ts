import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { ecsmScheme } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Backup } from '../../../../docs/examples/custom-kind/backup.js';
import { CommandLine } from '../helpers/command-line.js';

const manifest = (name: string, source = '/var/log', more = 'keep: 2') =>
  `apiVersion: example.dev/v1\nkind: Backup\nmetadata: {name: ${name}}\nspec: {source: ${source}, everyHours: 6, ${more}}\n`;

describe("users' own kinds", () => {
  let line: CommandLine;
  let kinds: string;
  beforeEach(async () => {
    line = await CommandLine.create();
    kinds = await line.file('backup.kind.json', JSON.stringify(Backup));
  });
  afterEach(() => line[Symbol.asyncDispose]());

  it('are read from a registry that a program wrote, and written for it', async () => {
    await using registry = await Registry.open({ path: line.registryPath, scheme: ecsmScheme.with(Backup) });
    const backups = registry.resource(Backup).namespace('default');
    await backups.create({
      apiVersion: 'example.dev/v1',
      kind: 'Backup',
      metadata: { name: 'telemetry' },
      spec: { source: '/var/telemetry', everyHours: 6 },
    });
    expect(await line.ok('get', 'bk', '--kinds', kinds)).toBe(
      'NAME        SOURCE           LAST RUN\ntelemetry   /var/telemetry   <unknown>\n',
    );
    expect(await line.ok('describe', 'backup', 'telemetry', '--kinds', kinds)).toContain('/var/telemetry');
    const file = await line.file('logs.yaml', manifest('logs'));
    expect(await line.ok('apply', '-f', file, '--kinds', kinds)).toContain('backup/logs created');
    expect((await backups.get('logs')).spec.everyHours).toBe(6);
    await line.ok('delete', 'backup', 'logs', '--kinds', kinds);
    expect((await backups.list()).items.map(({ metadata }) => metadata.name)).toEqual(['telemetry']);
  });

  it('are checked by their schema', async () => {
    const file = await line.file('bad.yaml', manifest('bad', 'var/log'));
    const { code, stderr } = await line.run(['apply', '-f', file, '--kinds', kinds]);
    expect(code).toBe(1);
    expect(stderr).toContain('spec.source');
  });

  it('are explained, listed and completed', async () => {
    expect(await line.ok('explain', 'bk.spec', '--kinds', kinds)).toContain('everyHours');
    expect(await line.ok('api-resources', '--kinds', kinds)).toMatch(/^backups +bk +example\.dev\/v1 +true +Backup/m);
    await line.ok('apply', '-f', await line.file('a.yaml', manifest('alpha')), '--kinds', kinds);
    const env = { ECSMCTL_KINDS: kinds };
    expect((await line.run(['complete', '--', 'get', 'bac'], { env })).stdout).toBe('backups\n');
    expect((await line.run(['complete', '--', 'get', 'backups', 'al'], { env })).stdout).toBe('alpha\n');
  });

  it('come from the flag, the environment, or the context, beside whose file they are looked for', async () => {
    expect((await line.run(['explain', 'backups'])).code).toBe(2);
    await line.ok('config', 'set-context', 'lab', '--kinds', 'backup.kind.json');
    expect(await line.ok('config', 'view')).toContain(kinds);
    expect(await line.ok('explain', 'backups')).toContain('Copies a folder');
    expect((await line.run(['explain', 'backups'], { env: { ECSMCTL_KINDS: 'nowhere.json' } })).stderr).toContain(
      'nowhere.json cannot be read: ENOENT',
    );
    await mkdir(join(line.home, 'conf'));
    await line.file(
      'conf/tank.yaml',
      'group: example.dev\nversion: v1\nkind: Tank\n---\n{group: a.b, version: v1, kind: Cup}\n',
    );
    await line.file('conf/config.yaml', 'currentContext: lab\ncontexts: {lab: {kinds: [tank.yaml]}}\n');
    expect(await line.ok('explain', 'cups', '--config', 'conf/config.yaml')).toContain('a.b/v1');
  });

  it.each([
    ['no mapping', '[1]', 'must be a mapping (got 1)'],
    ['a field missing', '{"group": "a.b", "version": "v1"}', 'kind: is required'],
    [
      'a field mistaken',
      '{"group": "a.b", "verison": "v1"}',
      'verison: is not a field of a kind definition; did you mean "version"?',
    ],
    [
      'a scope that is none',
      'group: a.b\nversion: v1\nkind: A\nscope: world',
      'scope: must be namespaced or cluster (got "world")',
    ],
    [
      'a column without path',
      '{"group":"a.b","version":"v1","kind":"A","printerColumns":[{"name":"X"}]}',
      'printerColumns[0].value: must be a path',
    ],
    ['a word that is taken', '{"group":"a.b","version":"v1","kind":"A","shortNames":["es"]}', 'both go by "es"'],
    ['neither JSON nor YAML', '{"group":', 'are neither JSON nor YAML'],
    ['nothing', '', 'are empty'],
    [
      'a type of no JSON Schema',
      '{"group":"a.b","version":"v1","kind":"A","schema":{"properties":{"spec":{"type":"text"}}}}',
      'schema.properties.spec.type: must be equal to one of the allowed values (array, boolean,',
    ],
    [
      'a list of required fields that is none',
      '{"group":"a.b","version":"v1","kind":"A","schema":{"required":"spec"}}',
      'schema.required: must be array',
    ],
    [
      'a pattern that is none',
      '{"group":"a.b","version":"v1","kind":"A","schema":{"pattern":"("}}',
      'schema: Invalid regular expression',
    ],
    [
      'a reference to nowhere',
      '{"group":"a.b","version":"v1","kind":"A","schema":{"$ref":"#/definitions/B"}}',
      "schema: can't resolve reference #/definitions/B",
    ],
    ['a schema that is none', '{"group":"a.b","version":"v1","kind":"A","schema":[]}', 'schema: must be a mapping'],
    [
      'a fault in the second of two',
      'group: a.b\nversion: v1\nkind: A\n---\n{group: a.b, version: v1, kind: B, schema: {type: thing}}',
      '[1].schema.type: must be equal to one of',
    ],
  ])('say what is wrong with a file that has %s', async (_what, content, message) => {
    const file = await line.file('bad.kind.yaml', content);
    const { code, stderr } = await line.run(['get', 'es', '--kinds', file]);
    expect(code).toBe(1);
    expect(stderr).toContain(file);
    expect(stderr).toContain(message);
  });
});
