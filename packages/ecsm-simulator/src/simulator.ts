import type { AddressInfo } from 'node:net';

import type { FastifyInstance } from 'fastify';

import { Cluster, type ClusterOptions } from './cluster/cluster.js';
import { createServer } from './server.js';

/** Options of {@link Simulator.start}. */
export interface SimulatorOptions extends ClusterOptions {
  /** Port to listen on; 0 takes any free one. @defaultValue 0 */
  readonly port?: number;
  /** Address to listen on. @defaultValue `127.0.0.1` */
  readonly host?: string;
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
  readonly #server: FastifyInstance;
  #stopping: Promise<void> | undefined;

  private constructor(cluster: Cluster, server: FastifyInstance, url: string, port: number) {
    this.cluster = cluster;
    this.#server = server;
    this.url = url;
    this.port = port;
  }

  /** Builds the cluster and listens. */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const cluster = new Cluster(options);
    const server = createServer(cluster);
    const host = options.host ?? '127.0.0.1';
    try {
      await server.listen({ port: options.port ?? 0, host });
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    const { port } = server.server.address() as AddressInfo;
    return new Simulator(cluster, server, `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port);
  }

  /** Closes every connection and lets the cluster stand still; may be called again. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    await this.#server.close();
    await this.cluster.stop();
  }
}
