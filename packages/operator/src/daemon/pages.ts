import { version } from '../cli/version.js';
import type { Settings } from '../config/settings.js';
import type { Operator } from '../operator.js';
import type { HeldLead } from './held-lead.js';
import type { ListenerGuard } from './listener-guard.js';
import type { RecentRuns } from './recent-runs.js';
import type { RegistryFile } from './registry-file.js';
import { healthPage, jsonPage, StatusServer, type Page } from './status-server.js';

/** What the pages show. */
export interface Shown {
  readonly operator: () => Operator;
  readonly lead: () => HeldLead | undefined;
  readonly registry: RegistryFile;
  readonly runs: RecentRuns;
  readonly manifestProblems: () => ReadonlyMap<string, string>;
  readonly metrics: { readonly type: string; readonly text: () => Promise<string> } | undefined;
}

/** Keys of a queue shown. */
const keysShown = 200;

/** Listens where the settings say; on one server where both addresses are the same. */
export async function listenAll(
  { health, metrics }: Settings,
  shown: Shown,
  guard: ListenerGuard,
): Promise<readonly StatusServer[]> {
  const healthPages = new Map<string, Page>([
    ['/healthz', healthPage(() => shown.operator().health())],
    ['/readyz', healthPage(() => shown.operator().ready())],
    ['/debug', { ...jsonPage(() => debug(shown)), loopbackOnly: true }],
  ]);
  const metricsPages = new Map<string, Page>();
  const { metrics: figures } = shown;
  if (figures !== undefined) {
    metricsPages.set('/metrics', {
      show: async () => ({ status: 200, type: figures.type, body: await figures.text() }),
    });
  }
  if (health === undefined)
    return metrics === undefined ? [] : [await StatusServer.listen(metrics, metricsPages, guard)];
  if (metrics === undefined) return [await StatusServer.listen(health, healthPages, guard)];
  if (health.port !== 0 && health.port === metrics.port && health.host === metrics.host) {
    return [await StatusServer.listen(health, new Map([...healthPages, ...metricsPages]), guard)];
  }
  const first = await StatusServer.listen(health, healthPages, guard);
  try {
    return [first, await StatusServer.listen(metrics, metricsPages, guard)];
  } catch (error) {
    await first[Symbol.asyncDispose]();
    throw error;
  }
}

/** What is going on inside, for people. */
async function debug({ operator: get, lead, registry, runs, manifestProblems }: Shown): Promise<unknown> {
  const operator = get();
  const { revisionsLost } = registry.sqlite;
  return {
    version: version(),
    node: process.versions.node,
    pid: process.pid,
    uptimeSeconds: Math.round(process.uptime()),
    memory: process.memoryUsage(),
    leader: { leads: operator.isLeader, identity: lead()?.identity, fencingToken: lead()?.fencingToken },
    platform: { ...operator.reachability, ...operator.observation, polls: operator.polls },
    registry: {
      path: registry.path,
      revision: await registry.store.revision().catch(String),
      trouble: registry.store.trouble,
      revisionsLost,
    },
    manifests: Object.fromEntries(manifestProblems()),
    controllers: Object.fromEntries(
      [...operator.controllers].map(([name, each]) => [
        name,
        { synced: each.isSynced, queue: each.inspect({ limit: keysShown }) },
      ]),
    ),
    lastRuns: runs.list(),
  };
}
