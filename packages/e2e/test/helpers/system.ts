import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ECSMService, isConditionTrue, isStatusCurrent, serviceStatusWord, type Stored } from '@ecsm/api-types';
import { Registry } from '@ecsm/registry';

import { Platform } from './platform.js';
import { eventually, Program, type Outcome } from './program.js';

/** What a system is started with. */
export interface SystemOptions {
  /** More arguments of the simulator. */
  readonly simulator?: readonly string[];
  /** More arguments of the operator. */
  readonly operator?: readonly string[];
}

/** How fast simulated time passes: deployments take tens of milliseconds rather than seconds. */
const simulatorSpeed = '20';

/** Simulator, operator and command line as processes of their own over one registry file in a folder of its own. */
export class System implements AsyncDisposable {
  readonly home: string;
  readonly registryPath: string;
  readonly #options: SystemOptions;
  #simulator: Program | undefined;
  #operator: Program | undefined;
  #registry: Registry | undefined;
  #platform: Platform | undefined;
  #port = '0';

  private constructor(home: string, options: SystemOptions) {
    this.home = home;
    this.registryPath = join(home, 'registry.db');
    this.#options = options;
  }

  /** A running simulator, an empty registry, and no operator yet. */
  static async start(options: SystemOptions = {}): Promise<System> {
    const system = new System(await mkdtemp(join(tmpdir(), 'ecsm-e2e-')), options);
    try {
      await system.startSimulator();
      // Made here, so that the first of the programs finds it whichever it is.
      system.#registry = await Registry.open({ path: system.registryPath });
    } catch (error) {
      await system[Symbol.asyncDispose]();
      throw error;
    }
    return system;
  }

  /** The platform as it is, seen without our own client. */
  get platform(): Platform {
    if (this.#platform === undefined) throw new Error('the simulator has not been started');
    return this.#platform;
  }

  get operator(): Program {
    if (this.#operator === undefined) throw new Error('the operator has not been started');
    return this.#operator;
  }

  /** The declared services, read from the file that the other processes use. */
  get services(): ReturnType<typeof this.registry.resource<ECSMService>> {
    return this.registry.resource(ECSMService).namespace('default');
  }

  get registry(): Registry {
    if (this.#registry === undefined) throw new Error('the registry has not been opened');
    return this.#registry;
  }

  /** Starts the simulator; after a stop on the port it had before, with the state it is given. */
  async startSimulator(...args: readonly string[]): Promise<void> {
    const simulator = new Program(
      'ecsm-simulator',
      ['--port', this.#port, '--speed', simulatorSpeed, '--control', ...(this.#options.simulator ?? []), ...args],
      { home: this.home },
    );
    this.#simulator = simulator;
    const [, url = '', port = ''] = await simulator.prints(/listening on (http:\/\/[\d.]+:(\d+))/);
    this.#port = port;
    this.#platform = new Platform(url);
  }

  async stopSimulator(): Promise<Outcome> {
    if (this.#simulator === undefined) throw new Error('the simulator has not been started');
    return this.#simulator.kill('SIGTERM');
  }

  /** Starts the operator; returns at once, before it has done anything. */
  startOperator(...args: readonly string[]): Program {
    this.#operator = new Program(
      'ecsm-operator',
      [
        ...['--registry', this.registryPath, '--platform-url', this.platform.url, '--log-format', 'json'],
        ...['--poll-interval', '500ms', '--poll-interval-moving', '100ms'],
        ...(this.#options.operator ?? []),
        ...args,
      ],
      { home: this.home },
    );
    return this.#operator;
  }

  /** Runs one `ecsmctl` command to its end. */
  ctl(args: readonly string[], stdin?: string): Promise<Outcome> {
    const where = ['--registry', this.registryPath, '--platform-url', this.platform.url];
    return new Program('ecsmctl', [...args, ...where], {
      home: this.home,
      ...(stdin === undefined ? {} : { stdin }),
    }).ended();
  }

  /** Applies a manifest, and fails unless that succeeds. */
  async apply(manifest: string): Promise<void> {
    const { code, stdout, stderr } = await this.ctl(['apply', '-f', '-'], manifest);
    if (code !== 0) throw new Error(`ecsmctl apply ended with ${code ?? 'a signal'}:\n${stdout}${stderr}`);
  }

  /** Waits until a service is Available at its newest generation with this many ready instances. */
  settled(name: string, readyReplicas: number, timeoutMs?: number): Promise<Stored<ECSMService>> {
    return eventually(
      `${name} has ${readyReplicas} ready instances`,
      async () => {
        const service = await this.services.get(name);
        if (
          isStatusCurrent(service) &&
          isConditionTrue(service.status?.conditions, 'Available') &&
          service.status?.readyReplicas === readyReplicas &&
          service.status.replicas === readyReplicas
        ) {
          return service;
        }
        throw new Error(`${name} is ${serviceStatusWord(service)}: ${JSON.stringify(service.status, undefined, 2)}`);
      },
      timeoutMs,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#operator?.running === true) await this.#operator.kill('SIGKILL');
    if (this.#simulator?.running === true) await this.#simulator.kill('SIGKILL');
    await this.#registry?.close();
    await rm(this.home, { recursive: true, force: true });
  }
}
