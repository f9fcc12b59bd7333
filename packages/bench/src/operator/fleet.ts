import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ECSMService, isConditionTrue } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';

import { MeasuredProcess } from './measured-process.js';

const nodes = 50;

function binary(name: string): string {
  return fileURLToPath(
    new URL(`../../../${name.replace('ecsm-operator', 'operator')}/bin/${name}.js`, import.meta.url),
  );
}

/** A registry with services that nobody has made real yet, a simulated platform with room for them, and a daemon. */
export class Fleet implements AsyncDisposable {
  readonly folder: string;
  readonly registry: Registry;
  readonly platformUrl: string;
  readonly #simulator: MeasuredProcess;

  private constructor(folder: string, registry: Registry, simulator: MeasuredProcess, platformUrl: string) {
    this.folder = folder;
    this.registry = registry;
    this.#simulator = simulator;
    this.platformUrl = platformUrl;
  }

  static async create(count: number): Promise<Fleet> {
    const folder = await mkdtemp(join(tmpdir(), 'ecsm-bench-'));
    const registry = await Registry.open({ path: join(folder, 'registry.db') });
    const services = registry.resource(ECSMService).namespace('default');
    for (let from = 0; from < count; from += 100) {
      const indexes = Array.from({ length: Math.min(100, count - from) }, (_, index) => from + index);
      await Promise.all(
        indexes.map((index) =>
          services.create({
            apiVersion: 'ecsm.sh/v1',
            kind: 'ECSMService',
            metadata: { name: `service-${index}` },
            spec: {
              deploymentStrategy: { type: 'Dynamic', replicas: 1, nodePool: [`node-${index % nodes}`] },
              template: { image: 'web@1.0.0#sylixos' },
            },
          }),
        ),
      );
    }
    const cluster = {
      nodes: Array.from({ length: nodes }, (_, index) => ({
        name: `node-${index}`,
        os: 'sylixos',
        memoryMB: 1_000_000,
        diskMB: 1_000_000,
      })),
      images: [{ ref: 'web@1.0.0#sylixos', sizeMB: 1 }],
    };
    const file = join(folder, 'cluster.json');
    await writeFile(file, JSON.stringify(cluster));
    const simulator = new MeasuredProcess([
      binary('ecsm-simulator'),
      ...['--port', '0', '--cluster', file, '--speed', '20', '--control', '--log-level', 'warn'],
    ]);
    return new Fleet(folder, registry, simulator, await simulator.prints(/listening on (\S+)/));
  }

  /** The daemon, with its settings as they are but for the ports. */
  startDaemon(): MeasuredProcess {
    return new MeasuredProcess([
      binary('ecsm-operator'),
      ...['--registry', join(this.folder, 'registry.db'), '--platform-url', this.platformUrl],
      ...['--metrics', '127.0.0.1:0', '--health', '127.0.0.1:0', '--log-level', 'info', '--log-format', 'json'],
    ]);
  }

  /** Waits until every service is Available. */
  async settled(): Promise<void> {
    const services = this.registry.resource(ECSMService);
    for (;;) {
      const { items } = await services.list();
      if (items.every(({ status }) => isConditionTrue(status?.conditions, 'Available'))) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** Requests the platform has received, by call; counting begins anew. */
  async takeRequests(): Promise<Readonly<Record<string, number>>> {
    const url = `${this.platformUrl}/control/requests`;
    const counts = (await (await fetch(url)).json()) as Readonly<Record<string, { readonly received: number }>>;
    await fetch(url, { method: 'DELETE' });
    return Object.fromEntries(Object.entries(counts).map(([call, { received }]) => [call, received]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry.close();
    await this.#simulator[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
