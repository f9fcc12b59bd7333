import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { dump, load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { configurationSchema } from '../../src/config/configuration-schema.js';
import { loadSettings } from '../../src/config/load-settings.js';
import { fieldOf, settingDefinitions } from '../../src/config/setting-definitions.js';
import { run } from '../../src/run.js';
import { TestIo } from '../helpers/test-io.js';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schema-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const schema = configurationSchema();
const isValid = new Ajv({ strict: false }).compile(schema);

/** What is wrong with a file that holds these fields, says the program; that a setting needs another is left out. */
async function problemsOf(fields: unknown): Promise<readonly string[]> {
  const path = join(folder, 'operator.yaml');
  await writeFile(path, dump(fields));
  const io = new TestIo();
  const flags = ['--manifests', 'x', '--listen-token-file', 'x', '--config', path];
  const code = await run(['config', 'validate', ...flags], io);
  expect(code === 0).toBe(io.err === '');
  return io.err.split('\n').filter((line) => line !== '' && !/need each other|needs --/.test(line));
}

const texts = [
  '',
  'x',
  ' ',
  'true',
  'yes',
  '5',
  '0',
  '-1',
  '1.5',
  '90s',
  '0s',
  '0.0s',
  '1m30s',
  '5d',
  '0.5h',
  's',
  '5m ',
];
const words = ['tiny', 'default', 'lease', 'sqlite', 'none', 'json', 'pretty', 'info', 'Info', 'silent'];
const amounts = ['500k', '2Mi', '0k', '0.5k', '1e6', '.5k', '2G'];
const places = ['8081', '0.0.0.0:9090', '[::1]:80', ':80', '65535', '65536', '70000', '99999', '080', 'x:y'];
const addresses = [
  'http://10.0.0.5:3001',
  'https://x',
  'ftp://x',
  'http://',
  'HTTP://x',
  'http:x',
  'http://[fd00::5]:3001/ecsm',
];
const schedules = ['0 3 * * *', '*/5 * * * MON-FRI', '0 3 * *', '24h', '0 3 * * * *', '0 3 * * !'];
const names = ['a', 'a-b', '-a', 'a-', 'A', 'a.b', 'a'.repeat(63), 'a'.repeat(64)];
const numbers = [0, 1, -1, 4, 7, 256, 257, 1000, 1001, 65535, 65536, 1_000_000, 1_000_001, 0.5, 1e-7, 1e-6, 1e21, 1.0];
const others = [true, false, null, [], ['a'], {}, { a: 1 }];
const values: readonly unknown[] = [
  ...texts,
  ...words,
  ...amounts,
  ...places,
  ...addresses,
  ...schedules,
  ...names,
  ...numbers,
  ...others,
];

describe('the schema of the configuration file', () => {
  it('takes for each setting what config validate takes', async () => {
    const open = settingDefinitions.filter(({ secret }) => secret !== true).map(fieldOf);
    for (const value of values) {
      const problems = await problemsOf(Object.fromEntries(open.map((field) => [field, value])));
      const said = open.filter((field) => !problems.some((problem) => problem.includes(`: ${field} is `)));
      const judged = open.filter((field) => isValid({ [field]: value }));
      expect([value, judged]).toEqual([value, said]);
    }
  });

  it('takes an empty file and several fields, and knows no others, as config validate does', async () => {
    for (const fields of [null, {}, { workers: 2, logLevel: 'warn' }, { worker: 2 }, { platformToken: 'x' }, [], 'x']) {
      expect([fields, isValid(fields)]).toEqual([fields, (await problemsOf(fields)).length === 0]);
    }
  });

  it('leaves to the program what it cannot say: the least of a duration, and what else an address may not hold', async () => {
    for (const fields of [
      { manifestsRescan: '50ms' },
      { watchdog: '999ms' },
      { backupSchedule: '59s' },
      { platformUrl: 'http://me:secret@x' },
      { platformUrl: 'http://x:99999' },
      { backupSchedule: '99 3 * * *' },
    ]) {
      expect(isValid(fields)).toBe(true);
      expect(await problemsOf({ backupDir: 'x', ...fields })).toHaveLength(1);
    }
  });

  it('is what the package brings along', async () => {
    const file = await readFile(new URL('../../schemas/configuration.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it('describes the defaults that hold', async () => {
    const defaults = Object.entries(schema.properties).flatMap(([field, property]) =>
      property.default === undefined ? [] : [[field, property.default]],
    );
    const path = join(folder, 'defaults.yaml');
    await writeFile(path, dump(Object.fromEntries(defaults)));
    const [given, none] = await Promise.all([loadSettings(['--config', path], {}), loadSettings([], {})]);
    if (given.type !== 'run' || none.type !== 'run') throw new Error('no settings');
    expect(given.settings).toEqual(none.settings);
  });
});

describe('config print', () => {
  it('prints a file that fits the schema which it names, whatever the texts look like', async () => {
    const io = new TestIo();
    const flags = ['--manifests', '2026-01-01', '--operator-id', '5', '--registry', 'null', '--backup-dir', '1e3'];
    expect(await run(['config', 'print', ...flags, '--workers', '007', '--simulate'], io)).toBe(0);
    const [, path = ''] = /^# yaml-language-server: \$schema=(.*)$/m.exec(io.out) ?? [];
    const named = new Ajv({ strict: false }).compile(JSON.parse(await readFile(path, 'utf8')) as object);
    const fields = load(io.out);
    expect(named(fields)).toBe(true);
    expect(fields).toMatchObject({ manifests: '2026-01-01', operatorId: '5', registry: 'null', backupDir: '1e3' });
    expect(fields).toMatchObject({ workers: 7, simulate: true, prune: false });
  });
});
