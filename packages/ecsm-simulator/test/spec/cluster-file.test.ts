import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { defaultCluster, readClusterFile, SpecError } from '@ecsm/ecsm-simulator';

import { stillCluster } from '../helpers/still-cluster.js';

const examples = new URL('../../examples/', import.meta.url).pathname;

async function problemsOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cluster-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'c.yaml');
  await writeFile(path, text);
  const error: unknown = await readClusterFile(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SpecError)) throw new Error('no SpecError', { cause: error });
  return error.message.replace(path, 'c.yaml');
}

describe('cluster files', () => {
  it.each(readdirSync(examples))('the example %s can be used', async (name) => {
    const cluster = await readClusterFile(join(examples, name));
    const built = stillCluster({ cluster, ...(cluster.settings === undefined ? {} : { settings: cluster.settings }) });
    expect(built.cluster.state.nodes.size).toBeGreaterThan(0);
    for (const service of built.cluster.state.services.values()) {
      for (const task of service.tasks) expect(task.phase).toBe('running');
    }
  });

  it.each([
    ['nodes: [', 'c.yaml:2:1: unexpected end of the stream within a flow collection'],
    ['', 'c.yaml: null must be object'],
    ['nodes: []', 'c.yaml: nodes: [] must NOT have fewer than 1 items'],
    ['nodes: [{name: a, os: beos}]', 'c.yaml: nodes[0].os: "beos" must be one of sylixos, linux'],
    ['nodes: [{name: a, os: linux, memoryMB: -1}]', 'c.yaml: nodes[0].memoryMB: -1 must be >= 1'],
    ['nodes: [{name: a, os: linux, ram: 1}]', 'c.yaml: nodes[0].ram is not a known field'],
    ['nodes: [{os: linux}]', 'c.yaml: nodes[0].name is required'],
    ['nodes: [{name: a, os: linux}, {name: a, os: linux}]', 'c.yaml: nodes[1].name: "a" is there twice'],
    [
      'nodes: [{name: a, os: linux, images: [x@1#linux]}]',
      'c.yaml: nodes[0].images[0]: "x@1#linux" is not among the images',
    ],
    [
      'nodes: [{name: a, os: linux}]\nimages: [{ref: x@1#linux, registry: moon}]',
      'c.yaml: images[0].registry: "moon" is not among the registries',
    ],
    [
      'nodes: [{name: a, os: linux}]\nimages: [{ref: x@1#sylixos}]\nservices: [{name: s, image: x@1#sylixos}]',
      'c.yaml: services[0].image: "x@1#sylixos" has no node that could run it',
    ],
    [
      'nodes: [{name: a, os: linux}]\nimages: [{ref: x@1#linux}]\nservices: [{name: s, image: x@1#linux, nodes: [b]}]',
      'c.yaml: services[0].nodes[0]: "b" is not among the nodes',
    ],
    [
      'nodes: [{name: a, os: linux}]\nsettings: {putRestarts: none}',
      'c.yaml: settings.putRestarts: "none" must be one of changed, all',
    ],
    ['nodes: [{name: a, os: linux}]\nfaults: moon', 'c.yaml: faults: "moon" must be one of lan, edge, satellite'],
    [
      'nodes: [{name: a, os: linux}]\nfaults: {rules: [{kind: lost, probability: 2}]}',
      'c.yaml: faults.rules[0].probability: 2 must be <= 1',
    ],
  ])('%j is refused with %s', async (text, message) => {
    expect(await problemsOf(text)).toBe(message);
  });

  it('names every fault at once', async () => {
    const message = await problemsOf('nodes: [{name: a, os: beos, memoryMB: 0}]\nmoon: 1');
    expect(message).toMatch(/nodes\[0\]\.os/);
    expect(message).toMatch(/nodes\[0\]\.memoryMB/);
    expect(message).toMatch(/moon is not a known field/);
  });
});

describe('the default cluster', () => {
  it('has three SylixOS nodes and two Linux nodes, worker-1 to worker-5, and two versions of an image for either', () => {
    expect(defaultCluster.nodes.map(({ name, os }) => `${name} ${os}`)).toEqual([
      'worker-1 sylixos',
      'worker-2 sylixos',
      'worker-3 sylixos',
      'worker-4 linux',
      'worker-5 linux',
    ]);
    const refs = defaultCluster.images!.map(({ ref }) => ref);
    for (const os of ['sylixos', 'linux']) {
      expect(refs).toContain(`web@1.0.0#${os}`);
      expect(refs).toContain(`web@2.0.0#${os}`);
    }
  });
});
