import type { Registry as MetricsRegistry } from 'prom-client';

import type { ListenOptions, ManagerOptions } from '../manager-options.js';
import type { HealthChecks } from './health-checks.js';
import { healthPage, StatusServer, type Page } from './status-server.js';

/** What the servers show. */
export interface StatusContent {
  readonly health: HealthChecks;
  readonly ready: HealthChecks;
}

/** The servers of a manager, by what they show; one and the same where both have one address. */
export interface StatusServers {
  readonly health?: StatusServer;
  readonly metrics?: StatusServer;
}

const defaultHost = '127.0.0.1';

/**
 * Serves health and metrics where the options say.
 *
 * @param onListening - hears of each server as soon as it listens, so that it can be closed should a later one fail
 */
export async function serveStatus(
  options: Pick<ManagerOptions, 'health' | 'metricsServer' | 'metrics'>,
  { health, ready }: StatusContent,
  onListening: (server: StatusServer) => void,
): Promise<StatusServers> {
  const listen = async (where: ListenOptions, pages: Readonly<Record<string, Page>>): Promise<StatusServer> => {
    const server = await StatusServer.listen(addressOf(where), new Map(Object.entries(pages)));
    onListening(server);
    return server;
  };
  const healthPages = { '/healthz': healthPage(() => health.run()), '/readyz': healthPage(() => ready.run()) };
  const metricsPages = options.metrics === undefined ? {} : { '/metrics': metricsPage(options.metrics) };
  const { health: healthAt, metricsServer: metricsAt } = options;
  if (healthAt !== undefined && metricsAt !== undefined && isOneAddress(healthAt, metricsAt)) {
    const server = await listen(healthAt, { ...healthPages, ...metricsPages });
    return { health: server, metrics: server };
  }
  return {
    ...(healthAt === undefined ? {} : { health: await listen(healthAt, healthPages) }),
    ...(metricsAt === undefined ? {} : { metrics: await listen(metricsAt, metricsPages) }),
  };
}

function addressOf({ host = defaultHost, port }: ListenOptions): Required<ListenOptions> {
  return { host, port };
}

/** Whether both name the same address. Port 0 is none yet: each gets its own. */
function isOneAddress(one: ListenOptions, other: ListenOptions): boolean {
  return one.port !== 0 && one.port === other.port && addressOf(one).host === addressOf(other).host;
}

function metricsPage(metrics: MetricsRegistry): Page {
  return async () => ({ status: 200, type: metrics.contentType, body: await metrics.metrics() });
}
