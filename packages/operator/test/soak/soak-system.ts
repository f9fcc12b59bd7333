import { mkdtemp, rm } from 'node:fs/promises';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ECSMService, type Clock, type ResourceClient } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { Simulator } from '@ecsm/ecsm-simulator';
import { Registry, SqliteStore } from '@ecsm/registry';

import { createLogger } from '../../src/cli/create-logger.js';
import { Daemon } from '../../src/daemon/daemon.js';
import { ObservedStore } from '../../src/daemon/observed-store.js';
import type { RegistryFile } from '../../src/daemon/registry-file.js';
import { loaded } from '../helpers/running-daemon.js';

const minuteMs = 60_000;
/** Turns of the event loop without anything new on the wire after which a request is taken for lost. */
const patientTurns = 60;
const calmTurns = 3;
/** How often the registry's file is looked at for other processes, of which there are none; every second costs hours in months. */
export const newsIntervalMs = 60_000;

/** What {@link SoakSystem.start} needs. */
export interface SoakSystemOptions {
  readonly seed: number;
  /** Each has the image of every service, and room. */
  readonly nodes: number;
  /** Milliseconds between two looks at the platform at rest. */
  readonly pollIntervalMs: number;
  /** Milliseconds a request to the platform takes. */
  readonly latencyMs: number;
}

/** The images services are made of. */
export const soakImages = ['web@1.0.0#sylixos', 'web@1.1.0#sylixos', 'web@2.0.0#sylixos'] as const;

/** The daemon with its real log and a real registry file, and the platform it drives, on a clock that jumps. */
export class SoakSystem implements AsyncDisposable {
  readonly clock = new ManualClock();
  /** What the log has come to, as it would have been written. */
  readonly log = { lines: 0, bytes: 0 };
  /** Requests that were begun. */
  requests = 0;
  readonly #wire: Wire;
  readonly #folder: string;
  #simulator: Simulator | undefined;
  #file: RegistryFile | undefined;
  #daemon: Daemon | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#wire = new Wire(() => this.requests++);
  }

  static async start(options: SoakSystemOptions): Promise<SoakSystem> {
    const system = new SoakSystem(await mkdtemp(join(tmpdir(), 'ecsm-soak-')));
    await system.#start(options);
    return system;
  }

  get simulator(): Simulator {
    return present(this.#simulator);
  }

  get daemon(): Daemon {
    return present(this.#daemon);
  }

  get services(): ResourceClient<ECSMService> {
    return present(this.#file).registry.resource(ECSMService).namespace('default');
  }

  get registryPath(): string {
    return join(this.#folder, 'registry.db');
  }

  /** The newest revision of the registry: how much was ever written to it. */
  revision(): Promise<number> {
    return present(this.#file).store.revision();
  }

  /** Lets time pass: from one timer to the next, with everything on the wire in between. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.monotonicNow() + ms;
    for (let left = ms; left > 0; left = until - this.clock.monotonicNow()) {
      await this.#wire.quiet();
      await this.clock.advance(Math.min(left, Math.max(this.clock.nextTimerInMs ?? left, 0.001)));
    }
    await this.#wire.quiet();
  }

  /**
   * Lets time pass until everything is as it should be.
   *
   * @throws with what is not, when that takes longer than `maxMs`
   */
  async settle(maxMs = 60 * minuteMs): Promise<void> {
    const { operator } = this.daemon;
    for (let passed = 0; (await operator.unsettled()).size > 0; passed += 5000) {
      if (passed > maxMs) {
        const left = JSON.stringify([...(await operator.unsettled())].slice(0, 5));
        throw new Error(`not as it should be after ${maxMs / minuteMs} minutes: ${left}`);
      }
      await this.pass(5000);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let done = false;
    const stopping = this.#stop().finally(() => {
      done = true;
    });
    const isDone = (): boolean => done;
    while (!isDone()) await this.pass(1000);
    await stopping;
    this.#wire.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #stop(): Promise<void> {
    await this.#daemon?.[Symbol.asyncDispose]();
    await this.#simulator?.stop();
    await this.#file?.[Symbol.asyncDispose]();
  }

  async #start({ seed, nodes, pollIntervalMs, latencyMs }: SoakSystemOptions): Promise<void> {
    const clock = whole(this.clock);
    this.#simulator = await Simulator.start({
      clock,
      seed,
      faults: { latencyMs },
      cluster: {
        nodes: [{ name: 'node', count: nodes, os: 'sylixos', memoryMB: 1_000_000, diskMB: 1_000_000 }],
        images: soakImages.map((ref) => ({ ref, sizeMB: 1 })),
      },
    });
    const settings = await loaded([
      ...['--registry', this.registryPath, '--poll-interval', `${pollIntervalMs}ms`],
      ...['--stop-timeout', '1s', '--log-format', 'json'],
    ]);
    this.#file = await openFile(this.registryPath, clock);
    const sink = {
      write: (line: string): void => {
        this.log.lines++;
        this.log.bytes += Buffer.byteLength(line);
      },
    };
    const io = {
      stdout: sink,
      stderr: sink,
      env: {},
      on: () => undefined,
      off: () => undefined,
      exit: () => undefined,
    };
    this.#daemon = await Daemon.start({
      loaded: settings,
      platformUrl: this.#simulator.url,
      registry: this.#file,
      log: await createLogger({ ...settings.settings, logFormat: 'json' }, io),
      env: {},
      clock,
      onAction: () => undefined,
      onManifest: () => undefined,
    });
  }
}

/** Knows of every HTTP request of this process whether it is over. */
class Wire {
  #under = 0;
  #changes = 0;
  readonly #onRequest: () => void;

  constructor(onRequest: () => void) {
    this.#onRequest = onRequest;
    subscribe('http.client.request.start', this.#begun);
  }

  /** Lets what is on the wire arrive; what was lost on the way does not. */
  async quiet(): Promise<void> {
    for (let turns = 0, seen = this.#changes; turns < (this.#under > 0 ? patientTurns : calmTurns); turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#changes === seen) continue;
      seen = this.#changes;
      turns = 0;
    }
  }

  close(): void {
    unsubscribe('http.client.request.start', this.#begun);
  }

  readonly #begun = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    this.#under++;
    this.#changes++;
    this.#onRequest();
    request.once('close', () => {
      this.#under--;
      this.#changes++;
    });
  };
}

/** The registry's file as the daemon opens it, but for the interval. */
async function openFile(path: string, clock: Clock): Promise<RegistryFile> {
  const sqlite = await SqliteStore.open({ path, clock, pollIntervalMs: newsIntervalMs });
  const store = new ObservedStore(sqlite, clock);
  const registry = new Registry({ store, clock });
  return { path, sqlite, store, registry, [Symbol.asyncDispose]: () => registry.close() };
}

/** The same time in whole milliseconds, as the machine's clock tells it. */
function whole(clock: ManualClock): Clock {
  return {
    now: () => Math.floor(clock.now()),
    monotonicNow: () => clock.monotonicNow(),
    setTimer: (callback, delayMs) => clock.setTimer(callback, delayMs),
  };
}

function present<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the system has not been started');
  return part;
}
