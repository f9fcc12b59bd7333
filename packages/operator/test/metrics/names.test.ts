import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Running } from '../helpers/running-daemon.js';

/** Names and labels that dashboards and alerts made for Kubernetes' own libraries look for. */
const known = `
workqueue_depth name controller priority
workqueue_adds_total name controller
workqueue_queue_duration_seconds name controller
workqueue_work_duration_seconds name controller
workqueue_unfinished_work_seconds name controller
workqueue_longest_running_processor_seconds name controller
workqueue_retries_total name controller
controller_runtime_reconcile_total controller result
controller_runtime_reconcile_errors_total controller
controller_runtime_terminal_reconcile_errors_total controller
controller_runtime_reconcile_panics_total controller
controller_runtime_reconcile_timeouts_total controller
controller_runtime_reconcile_time_seconds controller
controller_runtime_max_concurrent_reconciles controller
controller_runtime_active_workers controller
leader_election_master_status name
leader_election_slowpath_total name
rest_client_requests_total code method host
rest_client_request_duration_seconds verb host
rest_client_dns_resolution_duration_seconds host
rest_client_request_size_bytes verb host
rest_client_response_size_bytes verb host
rest_client_rate_limiter_duration_seconds verb host
rest_client_request_retries_total code verb host`;

/** Names of our own that the libraries and the daemon promise; those without labels, or of which no value is there yet. */
const own = `
workqueue_delayed_depth name controller
workqueue_oldest_item_age_seconds name controller priority
controller_reconcile_attempts controller
controller_giveups_total controller
informer_last_event_age_seconds kind
informer_relists_total kind reason
informer_store_objects kind
informer_store_resource_version kind
registry_watchers
registry_watch_lag_revisions
registry_compact_revision
registry_conflicts_total kind
ecsm_operator_drift_total outcome`;

let root = '';
let page = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'names-'));
  await using running = await Running.start(root);
  await running.settled();
  page = (await running.page('/metrics')).text;
});

afterAll(() => rm(root, { recursive: true, force: true }));

const rows = [...known.trim().split('\n'), ...own.trim().split('\n')].map((row) => row.split(' '));
/** Counted only when it happens, or served only once something waits. */
const rare = new Set([
  'rest_client_request_retries_total',
  'rest_client_dns_resolution_duration_seconds',
  'informer_relists_total',
  'registry_conflicts_total',
  'workqueue_depth',
  'workqueue_oldest_item_age_seconds',
]);

describe('/metrics', () => {
  it.each(rows)('offers %s with its labels', (name = '', ...labels) => {
    expect(page).toMatch(new RegExp(`^# TYPE ${name} (?:counter|gauge|histogram)$`, 'm'));
    const [, text] = new RegExp(`^${name}(?:_count)?(?:\\{(.*?)\\})? `, 'm').exec(page) ?? [];
    const shown = [...(text ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label);
    const seen = new RegExp(`^${name}(?:_count)?[ {]`, 'm').test(page);
    expect([name, seen || rare.has(name)]).toEqual([name, true]);
    if (seen) expect(new Set(shown)).toEqual(new Set(labels));
  });
});
