import { ECSMService, isConditionTrue } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { createClientset, type AttemptEvent } from '@ecsm/ecsm-client';
import { Simulator, type ClusterSpec } from '@ecsm/ecsm-simulator';
import { MemoryStore, Registry } from '@ecsm/registry';

import { Operator } from '../../src/index.js';

/** What it took to get from one state of affairs to another. */
export interface Effort {
  /** Attempts that were begun, those that were lost included. */
  readonly requests: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Complete looks at the platform. */
  readonly polls: number;
  readonly simulatedSeconds: number;
  /** The most attempts that ended within any ten seconds. */
  readonly busiestTenSeconds: number;
  /** Attempts by call. */
  readonly calls: Readonly<Record<string, number>>;
}

/** What {@link satelliteDay} found. */
export interface SatelliteReport {
  /** All services are created and become Available. */
  readonly convergence: Effort;
  /** The fewest requests for that: a create and a detail of each, and the pages of every poll. */
  readonly fewest: number;
  /** Nothing changes for half an hour. */
  readonly rest: Effort;
  /** From the end of an hour of silence, in which every tenth service was scaled, until all is as it should be. */
  readonly recovery: Effort;
}

const nodes = 50;
const rowsPerRequest = 100;
const stepMs = 100;
const windowMs = 10_000;
const minuteMs = 60_000;
/** How exact the time to converge is told. */
const lookMs = 5_000;

/** A cluster that has room for all. */
const cluster: ClusterSpec = {
  nodes: Array.from({ length: nodes }, (_, index) => ({
    name: `node-${index}`,
    os: 'sylixos' as const,
    memoryMB: 1_000_000,
    diskMB: 1_000_000,
  })),
  images: [{ ref: 'web@1.0.0#sylixos', sizeMB: 1 }],
};

/**
 * Declares services to an operator with its default settings whose platform is behind a satellite: 600 ms there and back,
 * 8 % of the requests lost or unanswered, 90 s of silence every 15 minutes. Time is virtual, HTTP is real.
 */
export async function satelliteDay(count: number): Promise<SatelliteReport> {
  const clock = new ManualClock();
  const traffic = new Traffic(clock);
  await using simulator = await Simulator.start({ clock, cluster, faults: 'satellite', speed: 1 });
  const clientset = createClientset({ baseUrl: simulator.url, clock, onAttempt: traffic.note });
  const registry = new Registry({ store: new MemoryStore({ clock }), clock });
  const services = registry.resource(ECSMService).namespace('default');
  for (let index = 0; index < count; index++) {
    await services.create({
      apiVersion: 'ecsm.sh/v1',
      kind: 'ECSMService',
      metadata: { name: `service-${index}` },
      spec: {
        deploymentStrategy: { type: 'Dynamic', replicas: 1, nodePool: [`node-${index % nodes}`] },
        template: { image: 'web@1.0.0#sylixos' },
      },
    });
  }
  const operator = await Operator.start({ registry, clientset, clock, gracefulShutdownTimeoutMs: 0 });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await clock.advance(stepMs);
      // What is on the wire arrives before more time passes.
      for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const settle = async (maxMs: number): Promise<void> => {
    for (let passed = 0; (await operator.unsettled()).size > 0; passed += lookMs) {
      if (passed > maxMs)
        throw new Error(`not settled: ${JSON.stringify([...(await operator.unsettled())].slice(0, 5))}`);
      await pass(lookMs);
    }
  };
  const effort = async (work: () => Promise<void>): Promise<Effort> => {
    const fromMs = clock.monotonicNow();
    const polls = operator.polls;
    traffic.reset();
    await work();
    const simulatedSeconds = (clock.monotonicNow() - fromMs) / 1000;
    return { ...traffic.sum(), polls: operator.polls - polls, simulatedSeconds };
  };
  try {
    const convergence = await effort(() => settle(3 * 60 * minuteMs));
    const rest = await effort(() => pass(30 * minuteMs));
    simulator.faults.startOutage(60 * minuteMs);
    for (let index = 0; index < count; index += 10) {
      await services.scale(`service-${index}`, 2);
    }
    await pass(60 * minuteMs);
    const recovery = await effort(() => settle(3 * 60 * minuteMs));
    for (const { metadata, status } of (await services.list()).items) {
      if (!isConditionTrue(status?.conditions, 'Available')) throw new Error(`${metadata.name} is not Available`);
    }
    const fewest = 2 * count + convergence.polls * Math.ceil(count / rowsPerRequest);
    return { convergence, fewest, rest, recovery };
  } finally {
    const stopping = operator.stop();
    await pass(1000);
    await Promise.all([stopping, clientset.close(), registry.close()]);
  }
}

/** Counts attempts and bytes. */
class Traffic {
  readonly #clock: ManualClock;
  readonly #endedMs: number[] = [];
  readonly #calls = new Map<string, number>();
  #bytesSent = 0;
  #bytesReceived = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  readonly note = (event: AttemptEvent): void => {
    this.#endedMs.push(this.#clock.monotonicNow());
    const path = new URL(event.url).pathname.replace(/^\/api\/v1/, '');
    const call = `${event.method} ${path.replace(/[0-9a-f-]{16,}/, ':id')}`;
    this.#calls.set(call, (this.#calls.get(call) ?? 0) + 1);
    this.#bytesSent += event.requestBytes;
    this.#bytesReceived += event.responseBytes;
  };

  reset(): void {
    this.#endedMs.length = 0;
    this.#calls.clear();
    this.#bytesSent = 0;
    this.#bytesReceived = 0;
  }

  sum(): Pick<Effort, 'busiestTenSeconds' | 'bytesReceived' | 'bytesSent' | 'calls' | 'requests'> {
    let busiest = 0;
    for (let first = 0, last = 0; last < this.#endedMs.length; last++) {
      while ((this.#endedMs[last] ?? 0) - (this.#endedMs[first] ?? 0) >= windowMs) first++;
      busiest = Math.max(busiest, last - first + 1);
    }
    return {
      requests: this.#endedMs.length,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      busiestTenSeconds: busiest,
      calls: Object.fromEntries(this.#calls),
    };
  }
}
