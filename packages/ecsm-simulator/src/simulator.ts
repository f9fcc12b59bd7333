import type { AddressInfo } from 'node:net';

import { systemClock } from '@ecsm/api-types';
import type { FastifyInstance } from 'fastify';

import { Cluster, type ClusterOptions } from './cluster/cluster.js';
import { RandomSource } from './cluster/random-source.js';
import { FaultInjector } from './faults/fault-injector.js';
import type { FaultPlan, FaultPreset } from './faults/fault-plan.js';
import { RequestCounter } from './request-counter.js';
import { createServer } from './server.js';

/** Options of {@link Simulator.start}. */
export interface SimulatorOptions extends ClusterOptions {
  /** Port to listen on; 0 takes any free one. @defaultValue 0 */
  readonly port?: number;
  /** Address to listen on. @defaultValue `127.0.0.1` */
  readonly host?: string;
  /** What goes wrong between the programs and the platform. @defaultValue nothing */
  readonly faults?: FaultPlan | FaultPreset;
  /** Whether `/control` is served: for tests, never where others can reach it. @defaultValue `false` */
  readonly control?: boolean;
}

/**
 * An ECSM server over a simulated cluster.
 *
 * @example
 * ```ts
 * await using simulator = await Simulator.start({ seed: 7 });
 * const answer = await fetch(`${simulator.url}/api/v1/node?pageNum=1&pageSize=10`);
 * simulator.cluster.takeNodeDown('worker-1');
 * ```
 */
export class Simulator {
  /** The simulated cluster itself, to disturb it and to look at it without HTTP. */
  readonly cluster: Cluster;
  /** Where it listens, without the API's path: `http://127.0.0.1:3001`. */
  readonly url: string;
  readonly port: number;
  /** What goes wrong on the way, to be changed at any time. */
  readonly faults: FaultInjector;
  /** How often each call came in. */
  readonly requests: RequestCounter;
  readonly #server: FastifyInstance;
  #closing: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(
    parts: Pick<Simulator, 'cluster' | 'faults' | 'port' | 'requests' | 'url'>,
    server: FastifyInstance,
  ) {
    this.cluster = parts.cluster;
    this.faults = parts.faults;
    this.requests = parts.requests;
    this.url = parts.url;
    this.port = parts.port;
    this.#server = server;
  }

  /** Builds the cluster and listens. */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const { clock = systemClock, seed = 1 } = options;
    const cluster = new Cluster(options);
    // A seed of its own: the fates of requests do not shift the ids in the cluster.
    const faults = new FaultInjector(clock, RandomSource.fromSeed(seed ^ 0x5eed), options.faults);
    const requests = new RequestCounter();
    let control: ((scope: FastifyInstance) => void) | undefined;
    if (options.control === true) {
      const { controlRoutes } = await import('./routes/control.js');
      control = (scope) => {
        controlRoutes(scope, { cluster, faults, requests });
      };
    }
    const server = createServer({ cluster, clock, faults, requests, control });
    const host = options.host ?? '127.0.0.1';
    try {
      await server.listen({ port: options.port ?? 0, host });
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    const { port } = server.server.address() as AddressInfo;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    return new Simulator({ cluster, faults, requests, url, port }, server);
  }

  /** Closes every connection and takes no more requests, so that what `cluster.save()` gives then is the last state. */
  close(): Promise<void> {
    return (this.#closing ??= this.#server.close());
  }

  /** Closes every connection and lets the cluster stand still; may be called again. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  /** The same as `stop`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    await this.close();
    await this.cluster.stop();
  }
}
