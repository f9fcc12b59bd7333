import { readFile } from 'node:fs/promises';

import { LeaseLock, Manager, requeueAfter, silentLogger } from '@ecsm/controller-runtime';
import { Faults } from '@ecsm/controller-runtime/testing';
import { Registry as MetricsRegistry } from 'prom-client';
import { beforeAll, describe, expect, it } from 'vitest';

import { GuardedClients } from '../src/internal/guarded-clients.js';
import { Gadget, gadget } from './helpers/gadget.js';
import { leaseRegistry } from './helpers/lease-registry.js';

/** What dashboards and alerts rely on: the names, types and labels of Kubernetes' own libraries, then those of our own. */
const promised: Readonly<Record<string, readonly [type: string, ...labels: string[]]>> = {
  workqueue_depth: ['gauge', 'controller', 'name', 'priority'],
  workqueue_adds_total: ['counter', 'controller', 'name'],
  workqueue_queue_duration_seconds: ['histogram', 'controller', 'name'],
  workqueue_work_duration_seconds: ['histogram', 'controller', 'name'],
  workqueue_unfinished_work_seconds: ['gauge', 'controller', 'name'],
  workqueue_longest_running_processor_seconds: ['gauge', 'controller', 'name'],
  workqueue_retries_total: ['counter', 'controller', 'name'],
  controller_runtime_reconcile_total: ['counter', 'controller', 'result'],
  controller_runtime_reconcile_errors_total: ['counter', 'controller'],
  controller_runtime_terminal_reconcile_errors_total: ['counter', 'controller'],
  controller_runtime_reconcile_panics_total: ['counter', 'controller'],
  controller_runtime_reconcile_timeouts_total: ['counter', 'controller'],
  controller_runtime_reconcile_time_seconds: ['histogram', 'controller'],
  controller_runtime_max_concurrent_reconciles: ['gauge', 'controller'],
  controller_runtime_active_workers: ['gauge', 'controller'],
  leader_election_master_status: ['gauge', 'name'],
  leader_election_slowpath_total: ['counter', 'name'],
  workqueue_delayed_depth: ['gauge', 'controller', 'name'],
  workqueue_oldest_item_age_seconds: ['gauge', 'controller', 'name', 'priority'],
  controller_reconcile_attempts: ['histogram', 'controller'],
  controller_giveups_total: ['counter', 'controller'],
  informer_last_event_age_seconds: ['gauge', 'kind'],
  informer_relists_total: ['counter', 'kind', 'reason'],
  informer_store_objects: ['gauge', 'kind'],
  informer_store_resource_version: ['gauge', 'kind'],
};

const queueBuckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];
const runBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

type Measured = Awaited<ReturnType<MetricsRegistry['getMetricsAsJSON']>>;

/** Lets a manager lead, follow, run and fail, and reads its metrics: at the start, in the middle and at the end. */
async function exercise(): Promise<{ readonly begun: Measured; readonly busy: Measured; readonly stopped: Measured }> {
  const { clock, registry, leases, key } = leaseRegistry([Gadget]);
  const metrics = new MetricsRegistry();
  // What prom-client hands out goes on changing.
  const measure = async (): Promise<Measured> => structuredClone(await metrics.getMetricsAsJSON());
  const faults = new Faults();
  const clients = new GuardedClients(registry, faults);
  const leaderElection = new LeaseLock({ clients: registry, name: key.name, identity: 'me', clock });
  await using manager = new Manager({ clients, clock, metrics, leaderElection, logger: silentLogger });
  let runs = 0;
  manager
    .controller('gadgets')
    .for(Gadget)
    .options({ backoff: { baseMs: 1000 } })
    .reconcile((_, ctx) => {
      if (++runs === 1) throw new Error('not the first time');
      return requeueAfter(ctx.attempt * 5000);
    });
  const running = manager.run();
  await manager.started();
  await clock.advance(0);
  const begun = await measure();
  await registry.resource(Gadget).create(gadget('a'));
  await leases.patch(key, { type: 'merge', patch: { metadata: { labels: { seen: 'yes' } } } });
  faults.expireWatches();
  await clock.advance(60_000);
  const busy = await measure();
  await manager.stop();
  await running;
  return { begun, busy, stopped: await measure() };
}

let seen: Awaited<ReturnType<typeof exercise>>;

beforeAll(async () => {
  seen = await exercise();
});

/** The samples of a metric, by the rest of its name (`_sum`, `_count`, …) and one label. */
function samples(measured: Measured, name: string): readonly { readonly labels: object; readonly value: number }[] {
  return measured.find((metric) => metric.name === name)?.values ?? [];
}

describe('metrics', () => {
  it('have the names, types and labels that are promised, and there are no others', () => {
    const found = seen.busy.map(({ name, type, values }) => {
      const labels = new Set(values.flatMap((sample) => Object.keys(sample.labels)));
      labels.delete('le');
      return [name, [type, ...[...labels].sort()]];
    });
    expect(Object.fromEntries(found)).toEqual(promised);
  });

  it('are in the reference, with type and labels', async () => {
    const page = await readFile(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8');
    const rows = page.matchAll(/^\| `(?<name>\w+)` +\| (?<type>\w+) +\| (?<labels>[^|]*?) +\|/gm);
    const documented = Array.from(rows, ({ groups = {} }) => [
      groups['name'],
      [groups['type'], ...Array.from(groups['labels']!.matchAll(/\w+/g), String).sort()],
    ]);
    expect(Object.fromEntries(documented)).toMatchObject(promised);
  });

  it('have the usual buckets', () => {
    const bucketsOf = (name: string): unknown[] => [
      ...new Set(samples(seen.busy, name).flatMap(({ labels }) => ('le' in labels ? [labels.le] : []))),
    ];
    expect(bucketsOf('controller_runtime_reconcile_time_seconds')).toEqual([...runBuckets, '+Inf']);
    for (const name of ['workqueue_queue_duration_seconds', 'workqueue_work_duration_seconds']) {
      const buckets = bucketsOf(name);
      expect(buckets.slice(0, -1).map((bucket) => Number(Number(bucket).toPrecision(6)))).toEqual(queueBuckets);
    }
  });

  it('begin at zero, so that a rate has a first point', () => {
    const results = samples(seen.begun, 'controller_runtime_reconcile_total').map(({ labels, value }) => [
      (labels as { result: string }).result,
      value,
    ]);
    expect(Object.fromEntries(results)).toEqual({ success: 0, error: 0, requeue: 0, requeue_after: 0 });
    for (const [name, [type]] of Object.entries(promised)) {
      if (type === 'gauge' || name === 'informer_relists_total') continue;
      expect([name, samples(seen.begun, name).length > 0]).toEqual([name, true]);
      expect([name, samples(seen.begun, name).every(({ value }) => value === 0)]).toEqual([name, true]);
    }
  });

  it('say who leads, and count renewals that had to read the lease first', () => {
    const valueOf = (measured: Measured, name: string): unknown => samples(measured, name).map(({ value }) => value);
    expect(valueOf(seen.begun, 'leader_election_master_status')).toEqual([1]);
    expect(valueOf(seen.begun, 'leader_election_slowpath_total')).toEqual([0]);
    expect(valueOf(seen.busy, 'leader_election_slowpath_total')).toEqual([1]);
    expect(valueOf(seen.stopped, 'leader_election_master_status')).toEqual([0]);
  });
});
