import type { ObjectKey } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { ConnectionFailedError, type ContainerRow } from '@ecsm/ecsm-client';
import { FakeClientset } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

import { ContainerSampler } from '../../src/autoscale/container-sampler.js';
import type { Reachability } from '../../src/index.js';
import { LinesLogger } from '../helpers/lines-logger.js';

const lost = new ConnectionFailedError({ method: 'GET', url: 'test' }, 'ECONNREFUSED', 'refused by the test');

function rowOf(serviceId: string): ContainerRow {
  const names = { name: `${serviceId}-1`, serviceName: serviceId, nodeId: 'n', nodeName: 'n' };
  return { id: 'c', taskId: serviceId, status: 'running', uptime: 60, serviceId, ...names };
}

/** A sampler at work, on a clock of its own. */
class Setup implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly ecsm = new FakeClientset();
  readonly log = new LinesLogger();
  readonly told: (readonly ObjectKey[])[] = [];
  reachability: Reachability = { state: 'reachable' };
  readonly sampler = new ContainerSampler({
    clientset: this.ecsm,
    clock: this.clock,
    log: this.log,
    periodMs: 15_000,
    reachability: () => this.reachability,
    onSample: (keys) => this.told.push(keys),
  });
  readonly #stopping = new AbortController();
  readonly #running = this.sampler.run(this.#stopping.signal);

  constructor() {
    this.ecsm.answer('containers.allByServices', (ids) => ids.map(rowOf));
  }

  want(...names: readonly string[]): void {
    for (const name of names) this.sampler.want({ name }, () => [name]);
  }

  get requests(): readonly (readonly string[])[] {
    return this.ecsm.callsTo('containers.allByServices').map(([ids]) => ids);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_none, index) => `s${index}`);

describe('ContainerSampler', () => {
  it('has no timer and makes no request while nobody wants anything', async () => {
    await using setup = new Setup();
    await setup.clock.advance(60_000);
    expect(setup.clock.pendingTimers).toBe(0);
    setup.want('a');
    setup.sampler.drop({ name: 'a' });
    await setup.clock.advance(60_000);
    expect(setup.clock.pendingTimers).toBe(0);
  });

  it('asks for all of them together, once a period, a hundred services at a time', async () => {
    await using setup = new Setup();
    setup.want(...names(250));
    await setup.clock.advance(1000);
    expect(setup.requests.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(setup.told).toHaveLength(1);
    expect(setup.told[0]).toHaveLength(250);
    await setup.clock.advance(14_000);
    expect(setup.requests).toHaveLength(3);
    await setup.clock.advance(1000);
    expect(setup.requests).toHaveLength(6);
  });

  it('asks once for a service that two want', async () => {
    await using setup = new Setup();
    setup.sampler.want({ name: 'a' }, () => ['x', 'y']);
    setup.sampler.want({ name: 'b' }, () => ['y']);
    await setup.clock.advance(1000);
    expect(setup.requests).toEqual([['x', 'y']]);
    expect(setup.sampler.latest({ name: 'a' })).toMatchObject({
      type: 'read',
      containers: [{ name: 'x-1' }, { name: 'y-1' }],
    });
    expect(setup.sampler.latest({ name: 'b' })).toMatchObject({ containers: [{ name: 'y-1' }] });
  });

  it('warns of requests that fail alike once, and again when they had been answered meanwhile', async () => {
    await using setup = new Setup();
    setup.want('a');
    const warnings = (): number => setup.log.lines.filter((line) => line.startsWith('warn')).length;
    for (const [fails, told] of [
      [true, 1],
      [true, 1],
      [false, 1],
      [true, 2],
    ] as const) {
      if (fails) setup.ecsm.failOnce('containers.allByServices', lost);
      await setup.clock.advance(15_000);
      expect(warnings()).toBe(told);
    }
  });

  it('lets a lost request concern those alone who were asked for in it', async () => {
    await using setup = new Setup();
    setup.want(...names(150));
    setup.ecsm.failOnce('containers.allByServices', lost);
    await setup.clock.advance(1000);
    expect(setup.sampler.latest({ name: 's0' })).toEqual({ type: 'unread', problem: 'ConnectionFailed' });
    expect(setup.sampler.latest({ name: 's149' })).toMatchObject({ type: 'read' });
    await setup.clock.advance(15_000);
    expect(setup.sampler.latest({ name: 's0' })).toMatchObject({ type: 'read' });
  });

  it.each<[string, unknown, readonly string[]]>([
    ['its service', { serviceId: 'a' }, ['unread', 'read']],
    ['everybody when it does not say whose it is', { serviceId: 17 }, ['unread', 'unread']],
  ])('takes a container that cannot be read for a gap in the figures of %s', async (_title, row, types) => {
    await using setup = new Setup();
    setup.want('a', 'b');
    setup.ecsm.answer('containers.allByServices', (ids, _filter, options) => {
      options?.onBadRow?.({ list: 'GET /container/service', index: 0, problem: 'name is 17, not a string', row });
      return ids.map(rowOf);
    });
    await setup.clock.advance(1000);
    expect(['a', 'b'].map((name) => setup.sampler.latest({ name })?.type)).toEqual(types);
  });

  it('asks nobody while the platform does not answer, and says so to all', async () => {
    await using setup = new Setup();
    setup.want('a');
    setup.sampler.want({ name: 'none' }, () => []);
    setup.reachability = { state: 'unreachable', sinceMs: 0, message: 'away', long: true };
    await setup.clock.advance(1000);
    expect(setup.requests).toEqual([]);
    expect(setup.sampler.latest({ name: 'a' })).toEqual({ type: 'outage', long: true });
    expect(setup.sampler.latest({ name: 'none' })).toEqual({ type: 'outage', long: true });
    expect(setup.told).toHaveLength(1);
  });

  it('ends with its signal', async () => {
    const setup = new Setup();
    setup.want('a');
    await setup.clock.advance(1000);
    await setup[Symbol.asyncDispose]();
    expect(setup.clock.pendingTimers).toBe(0);
    await setup.clock.advance(60_000);
    expect(setup.requests).toHaveLength(1);
  });
});
