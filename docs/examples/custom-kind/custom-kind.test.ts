import { ecsmScheme, isInvalidError } from '@ecsm/api-types';
import { MemoryStore, Registry } from '@ecsm/registry';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Backup } from './backup.js';
import { applyFile } from './main.js';

const manifests = join(import.meta.dirname, 'backups.yaml');

it('a program with a kind of its own applies manifests, with defaults, rules and suggestions', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'custom-kind-'));
  try {
    const lines: string[] = [];
    const path = join(folder, 'registry.db');
    await applyFile(path, manifests, (line) => lines.push(line));
    expect(lines).toEqual([
      'backup telemetry created',
      'backup logs created',
      'backups "default/mistaken" is invalid: spec.everyHour: is not a field of Backup; did you mean "everyHours"? (got 24); ' +
        'spec.source: must match ^/ (got "var/log"); spec.everyHours: is required',
      'logs: /var/log every 24 h, 3 kept',
      'telemetry: /var/telemetry every 6 h, 3 kept',
    ]);
    lines.length = 0;
    await applyFile(path, manifests, (line) => lines.push(line));
    expect(lines.slice(0, 2)).toEqual(['backup telemetry unchanged', 'backup logs unchanged']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('the rule across objects holds when two writers meet', async () => {
  await using registry = new Registry({ store: new MemoryStore(), scheme: ecsmScheme.with(Backup) });
  const backups = registry.resource(Backup).namespace('default');
  for (const name of ['a', 'b']) {
    await backups.create({
      apiVersion: 'example.dev/v1',
      kind: 'Backup',
      metadata: { name },
      spec: { source: '/x', everyHours: 1 },
    });
  }
  const outcomes = await Promise.allSettled([
    backups.patch('a', { type: 'merge', patch: { spec: { after: 'b' } } }),
    backups.patch('b', { type: 'merge', patch: { spec: { after: 'a' } } }),
  ]);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused).toHaveLength(1);
  expect(refused[0]?.reason).toSatisfy(isInvalidError);
});

it('a watcher sees the objects of the kind with their types', async () => {
  await using registry = new Registry({ store: new MemoryStore(), scheme: ecsmScheme.with(Backup) });
  const backups = registry.resource(Backup).namespace('default');
  const events = backups.watch();
  await backups.apply({
    apiVersion: 'example.dev/v1',
    kind: 'Backup',
    metadata: { name: 'a' },
    spec: { source: '/x', everyHours: 1 },
  });
  for await (const event of events) {
    if (event.type === 'added') expect(event.object.spec.keep).toBe(3);
    break;
  }
});
