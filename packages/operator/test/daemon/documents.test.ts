import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fieldOf, settingDefinitions, variableOf } from '../../src/config/setting-definitions.js';
import { profiles } from '../../src/config/profiles.js';
import { registryTroubles } from '../../src/daemon/registry-trouble.js';
import { run } from '../../src/run.js';
import { Running } from '../helpers/running-daemon.js';
import { TestIo } from '../helpers/test-io.js';

const docs = new URL('../../../../docs/', import.meta.url);

function read(path: string): Promise<string> {
  return readFile(new URL(path, docs), 'utf8');
}

/** Names of metrics that the program serves, those of histograms also with their endings. */
let names = new Set<string>();
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'documents-'));
  await using running = await Running.start(root);
  await running.settled();
  const { text } = await running.page('/metrics');
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  names = new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, ...['bucket', 'sum', 'count'].map((end) => `${name}_${end}`)] : [name],
    ),
  );
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** Names of metrics in an expression: words with an underscore that are no label and no function. */
function metricsIn(expression: string): readonly string[] {
  const bare = expression.replace(/\{[^}]*\}/g, '').replace(/\b(?:by|without) \([^)]*\)/g, '');
  return (bare.match(/\b[a-z]+(?:_[a-z]+)+\b/g) ?? []).filter((word) => word !== 'histogram_quantile');
}

describe('the metrics', () => {
  it('named in the alerts are all there', async () => {
    const { groups } = load(await read('deploy/alerts.yaml')) as {
      readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(15);
    for (const { alert, expr } of rules) {
      const used = metricsIn(expr);
      expect([alert, used.length > 0, used.filter((name) => !names.has(name))]).toEqual([alert, true, []]);
    }
  });

  it('named in the dashboard are all there', async () => {
    const { panels } = JSON.parse(await read('deploy/dashboard.json')) as {
      readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
    };
    for (const { title, targets } of panels) {
      const used = targets.flatMap(({ expr }) => metricsIn(expr));
      expect([title, used.length > 0, used.filter((name) => !names.has(name))]).toEqual([title, true, []]);
    }
  });

  it('are all in the reference', async () => {
    const page = await read('reference/metrics.md');
    const served = [...names].filter((name) => !/_(?:bucket|sum|count)$/.test(name));
    expect(served.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the reference of the configuration', () => {
  it('has a row for every setting, with its default and whether it reloads', async () => {
    const rows = (await read('reference/configuration.md')).split('\n').map((row) => row.replace(/ +/g, ' '));
    for (const definition of settingDefinitions) {
      const { flag, placeholder, fallback, absent = 'none', reloads, help, secret } = definition;
      const value = placeholder === undefined ? '' : ` ${placeholder}`;
      const cells = [
        secret === true ? `only \`${variableOf(definition)}\`` : `\`--${flag}${value}\``,
        secret === true ? '' : `\`${fieldOf(definition)}\``,
        fallback === undefined ? absent : `\`${fallback}\``,
        reloads === true ? 'yes' : '',
        help,
      ];
      const row = `| ${cells.join(' | ')} |`.replace(/ +/g, ' ').replaceAll('| |', '| |');
      expect(rows).toContain(row);
    }
  });

  it('says what the profile for small machines changes', async () => {
    const page = (await read('reference/configuration.md')).replace(/ +/g, ' ');
    for (const [name, value] of Object.entries(profiles.tiny)) {
      const definition = settingDefinitions.find((each) => each.name === name);
      const field = definition === undefined ? '' : fieldOf(definition);
      expect(page).toContain(`| \`${field}\` | ${definition?.fallback ?? definition?.absent ?? ''} | ${value} |`);
    }
  });
});

describe('the example of a configuration file', () => {
  it('is good, names the schema, and is what the guide shows', async () => {
    const path = fileURLToPath(new URL('deploy/operator.yaml', docs));
    const text = await read('deploy/operator.yaml');
    const io = new TestIo();
    expect([await run(['config', 'validate', '--config', path], io), io.err]).toEqual([0, '']);
    const [, schema = ''] = /^# yaml-language-server: \$schema=(.*)$/m.exec(text) ?? [];
    expect(JSON.parse(await read(`deploy/${schema}`))).toHaveProperty('properties.platformUrl');
    const fields = text.split('\n').filter((line) => !line.startsWith('#'));
    expect(await read('guides/operate.md')).toContain(fields.join('\n'));
  });
});

describe('troubleshooting', () => {
  it('has a row for every trouble of the registry', async () => {
    const page = await read('reference/troubleshooting.md');
    for (const trouble of registryTroubles) expect(page).toMatch(new RegExp(`^\\| \`${trouble}\``, 'm'));
  });

  it('names only metrics that are there', async () => {
    const page = await read('reference/troubleshooting.md');
    const named = [
      ...page.matchAll(/`((?:ecsm|registry|rest_client|controller_runtime|leader_election|workqueue)_[a-z_]+)/g),
    ];
    expect(named.length).toBeGreaterThan(10);
    expect(named.map(([, name = '']) => name).filter((name) => !names.has(name))).toEqual([]);
  });
});
