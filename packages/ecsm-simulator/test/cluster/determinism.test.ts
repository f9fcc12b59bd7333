import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PlatformError, type Cluster } from '@ecsm/ecsm-simulator';

import { isLeaving } from '../../src/cluster/task-views.js';
import { dynamicService, staticService } from '../helpers/requests.js';
import { stillCluster } from '../helpers/still-cluster.js';

type Step = (cluster: Cluster) => void;

const names = ['a', 'b', 'c'];
const nodes = ['worker-1', 'worker-2', 'worker-3'];
const tags = ['1.0.0', '1.1.0', '1.2.0-broken', '9.9.9'];

const nodeSets = fc.subarray(nodes, { minLength: 1 });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      name: fc.constantFrom(...names),
      names: nodeSets,
      factor: fc.nat(5),
      tag: fc.constantFrom(...tags),
      isStatic: fc.boolean(),
    })
    .map(({ name, names: pool, factor, tag, isStatic }) => (cluster: Cluster) => {
      const overrides = {
        name,
        node: { names: pool },
        image: { ref: `web@${tag}#sylixos`, autoUpgrade: 'Larger', vsoa: { healthPath: '/h' } },
      } as const;
      const request = isStatic ? staticService(overrides) : dynamicService({ ...overrides, factor });
      const [present] = cluster.state.servicesByName.get(name) ?? [];
      if (present === undefined) cluster.services.create(request);
      else cluster.services.update({ ...request, id: present.id });
    }),
  fc.constantFrom(...names).map((name) => (cluster: Cluster) => {
    cluster.services.delete(cluster.service(name));
  }),
  fc
    .record({
      name: fc.constantFrom(...names),
      action: fc.constantFrom('start', 'stop', 'restart', 'pause', 'unpause'),
    })
    .map(({ name, action }) => (cluster: Cluster) => {
      cluster.services.act(cluster.service(name), action);
    }),
  fc.record({ index: fc.nat(20), restart: fc.boolean() }).map(({ index, restart }) => (cluster: Cluster) => {
    const tasks = [...cluster.state.tasks.values()];
    const task = tasks[index % Math.max(1, tasks.length)];
    if (task !== undefined) cluster.killContainer(task.id, { restart });
  }),
  fc
    .record({ node: fc.constantFrom(...nodes), loss: fc.constantFrom('power', 'link') })
    .map(({ node, loss }) => (cluster: Cluster) => {
      cluster.takeNodeDown(node, loss);
    }),
  fc.constantFrom(...nodes).map((node) => (cluster: Cluster) => {
    cluster.bringNodeUp(node);
  }),
  fc.constantFrom('1.5.0', '2.5.0').map((tag) => (cluster: Cluster) => {
    cluster.pushImage({ ref: `web@${tag}#sylixos`, pullMs: 700 });
  }),
  fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 20_000 })).map((ms) => (cluster: Cluster) => {
    cluster.advance(ms);
  }),
);

const scripts = fc.array(step, { maxLength: 40 });

/** A step that the cluster refuses is a step like any other. */
function play(cluster: Cluster, script: readonly Step[]): void {
  for (const act of script) {
    try {
      act(cluster);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
    }
  }
}

function imagesMB({ state }: Cluster, images: ReadonlyMap<string, string>): number {
  return [...images.keys()].reduce((sum, ref) => sum + (state.imagesByRef.get(ref)?.sizeMB ?? 0), 0);
}

describe('a cluster under any script', () => {
  it('comes to the same state from the same seed, and to other ids from another', () => {
    fc.assert(
      fc.property(scripts, fc.nat(1000), (script, seed) => {
        const [first, second] = [stillCluster({ seed }).cluster, stillCluster({ seed }).cluster];
        play(first, script);
        play(second, script);
        expect(second.save()).toEqual(first.save());
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  it('saves and loads its whole state', () => {
    fc.assert(
      fc.property(scripts, fc.constantFrom('untilContainersGone', 'goneAtOnce'), (script, deletedServiceRow) => {
        const { cluster } = stillCluster({ settings: { deletedServiceRow } });
        play(cluster, script);
        const saved = cluster.save();
        const text = JSON.stringify(saved);
        const loaded = stillCluster({ snapshot: JSON.parse(text) as typeof saved }).cluster;
        expect(JSON.stringify({ ...loaded.save(), tasks: [], nodes: [] })).toEqual(
          JSON.stringify({ ...saved, tasks: [], nodes: [] }),
        );
        expect(loaded.state.tasks.size).toBe(cluster.state.tasks.size);
        expect(loaded.timeline.pending).toBe(cluster.timeline.pending);
      }),
      { numRuns: 150, seed: 6 },
    );
  });

  it('finishes every deletion, also on nodes that stay away', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const { cluster } = stillCluster();
        play(cluster, script);
        for (const service of [...cluster.state.services.values()]) cluster.services.delete(service);
        cluster.takeNodeDown('worker-1');
        cluster.takeNodeDown('worker-2', 'link');
        cluster.advance(30_000);
        expect([cluster.state.services.size, cluster.state.tasks.size]).toEqual([0, 0]);
        for (const node of nodes) cluster.bringNodeUp(node);
        cluster.advance(30_000);
        for (const node of cluster.state.nodes.values()) {
          expect([node.tasks.size, node.memoryUsedMB, node.ports.size]).toEqual([0, 0, 0]);
          expect(node.diskUsedMB).toBe(imagesMB(cluster, node.images));
        }
        expect(cluster.timeline.pending).toBe(0);
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it('keeps its books and settles to what the services ask for, once all nodes are back', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const { cluster } = stillCluster();
        play(cluster, script);
        for (const node of nodes) cluster.bringNodeUp(node);
        cluster.advance(120_000);
        for (const service of cluster.state.services.values()) {
          const present = [...service.tasks].filter((task) => !isLeaving(task));
          expect(present.length).toBe(service.policy === 'static' ? service.nodeNames.length : (service.factor ?? 1));
          for (const task of present) {
            expect(service.nodeNames).toContain(task.node.name);
            expect(task.deployStatus).not.toBe('deploying');
          }
        }
        for (const node of cluster.state.nodes.values()) {
          const here = [...node.tasks];
          expect(here.every((task) => cluster.state.tasks.get(task.id) === task)).toBe(true);
          const reserved = here.filter((task) => task.reserved);
          expect(node.memoryUsedMB).toBe(reserved.reduce((sum, task) => sum + task.memoryMB, 0));
          const disksMB = reserved.reduce((sum, task) => sum + task.diskMB, 0);
          expect(node.diskUsedMB).toBe(disksMB + imagesMB(cluster, node.images));
          expect(node.ports.size).toBe(new Set(reserved.map((task) => task.vsoaPort)).size);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
