import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ECSMService, Event, type Clock } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { Simulator } from '@ecsm/ecsm-simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadSettings, type LoadedSettings } from '../../src/config/load-settings.js';
import { Daemon } from '../../src/daemon/daemon.js';
import { openRegistryFile, type RegistryFile } from '../../src/daemon/registry-file.js';
import { LinesLogger } from '../helpers/lines-logger.js';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'daemon-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function loaded(flags: readonly string[]): Promise<LoadedSettings> {
  const request = await loadSettings(flags, {});
  if (request.type !== 'run') throw new Error('these flags run nothing');
  return request;
}

/** The same time in whole milliseconds, as the machine's clock tells it and databases keep it. */
function whole(clock: ManualClock): Clock {
  return {
    now: () => Math.floor(clock.now()),
    monotonicNow: () => clock.monotonicNow(),
    setTimer: (callback, delayMs, options) => clock.setTimer(callback, delayMs, options),
  };
}

/** A daemon, its registry and its platform in one process; they share a clock that stands still until it is told. */
class Running implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly simulator: Simulator;
  readonly file: RegistryFile;
  readonly daemon: Daemon;
  readonly log: LinesLogger;
  readonly levels: string[];

  private constructor(parts: Pick<Running, 'clock' | 'simulator' | 'file' | 'daemon' | 'log' | 'levels'>) {
    ({
      clock: this.clock,
      simulator: this.simulator,
      file: this.file,
      daemon: this.daemon,
      log: this.log,
      levels: this.levels,
    } = parts);
  }

  static async start(flags: readonly string[] = [], platformUrl?: string): Promise<Running> {
    const clock = new ManualClock();
    const simulator = await Simulator.start({ clock, port: 0 });
    const registryFlags = ['--registry', join(root, 'registry.db'), '--metrics', '0', '--health', '0'];
    const settings = await loaded([...registryFlags, ...flags]);
    const file = await openRegistryFile(join(root, 'registry.db'), settings.settings, whole(clock));
    const log = new LinesLogger();
    const levels: string[] = [];
    const daemon = await Daemon.start({
      loaded: settings,
      platformUrl: platformUrl ?? simulator.url,
      registry: file,
      log: { log, setLevel: (level) => levels.push(level) },
      env: {},
      clock: whole(clock),
      onAction: () => undefined,
      onManifest: () => undefined,
    });
    return new Running({ clock, simulator, file, daemon, log, levels });
  }

  /** Lets time pass a little at a time, and requests come to their end, until something holds. */
  async until(what: string, holds: () => boolean | Promise<boolean>, maxMs = 600_000, stepMs = 250): Promise<void> {
    for (let passed = 0; passed <= maxMs; passed += stepMs) {
      for (let turn = 0; turn < 30; turn++) {
        if (await holds()) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
      await this.clock.advance(stepMs);
    }
    throw new Error(`waited in vain until ${what}:\n${this.log.lines.join('\n')}`);
  }

  /** Lets time pass, with every look at the platform that falls into it. */
  async rest(ms: number, intervalMs: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += intervalMs) {
      const { polls } = this.daemon.operator;
      await this.until('the platform was looked at', () => this.daemon.operator.polls > polls, 2 * intervalMs, 1000);
    }
  }

  async page(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const url = this.daemon.urls.find(
      (each, index) => (path === '/metrics' ? index === 1 : index === 0) && each !== '',
    );
    const answer = await fetch(`${url ?? ''}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  /** The value of a metric, of the first line that contains all the words. */
  async metric(...words: readonly string[]): Promise<number> {
    const { text } = await this.page('/metrics');
    const line = text.split('\n').find((each) => !each.startsWith('#') && words.every((word) => each.includes(word)));
    return Number(line?.split(' ').at(-1));
  }

  async reasons(): Promise<readonly string[]> {
    const { items } = await this.file.registry.resource(Event).list();
    return items.map(({ involvedObject, reason }) => `${involvedObject.kind} ${reason}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopping = this.daemon[Symbol.asyncDispose]();
    let done = false;
    const note = (): void => {
      done = true;
    };
    stopping.then(note, note);
    await this.until('it has stopped', () => done);
    await stopping;
    await this.simulator.stop();
    await this.file[Symbol.asyncDispose]();
  }
}

const web = {
  apiVersion: 'ecsm.sh/v1',
  kind: 'ECSMService',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    deploymentStrategy: { type: 'Dynamic', replicas: 2, nodePool: ['worker-1', 'worker-2'] },
    template: { image: 'web@1.0.0#sylixos' },
  },
} as const;

async function settled(running: Running): Promise<void> {
  await running.until('all is settled', async () => (await running.daemon.operator.unsettled()).size === 0);
}

describe('Daemon', () => {
  it('logs nothing and writes nothing in ten minutes of rest', async () => {
    await using running = await Running.start();
    await running.file.registry.resource(ECSMService).apply(web);
    await settled(running);
    await running.rest(60_000, 30_000);
    const lines = [...running.log.lines];
    const revision = await running.file.store.revision();
    await running.rest(600_000, 30_000);
    expect(running.log.lines).toEqual(lines);
    expect(await running.file.store.revision()).toBe(revision);
  });

  it('tells of an outage once, by log, metric, readiness and event, and of its end', async () => {
    await using running = await Running.start();
    await settled(running);
    expect((await running.page('/readyz')).text).toContain('[+] platform ok');
    const before = running.log.lines.length;
    running.simulator.faults.setPlan({ rules: [{ kind: 'reset' }] });
    await running.until('it is noticed', () => running.daemon.operator.reachability.state === 'unreachable');
    const from = running.clock.monotonicNow();
    await running.until('ten minutes have passed', () => running.clock.monotonicNow() - from >= 600_000, 700_000, 1000);
    expect((await running.page('/readyz')).status).toBe(503);
    expect((await running.page('/readyz')).text).toMatch(/\[-\] platform failed: the platform does not answer/);
    expect(await running.metric('ecsm_platform_reachable')).toBe(0);
    expect(await running.metric('ecsm_platform_outage_seconds_total')).toBeGreaterThan(500);
    running.simulator.faults.setPlan({});
    await running.until('it answers again', () => running.daemon.operator.reachability.state === 'reachable');
    await running.until('both events are there', async () => (await running.reasons()).includes('Platform Reachable'));
    expect(await running.reasons()).toContain('Platform Unreachable');
    const told = running.log.lines.slice(before);
    expect(told.map((line) => line.split(' {')[0])).toEqual([
      'warn the platform does not answer',
      'info the platform answers again',
    ]);
  });

  it('shows what is going on inside on /debug', async () => {
    await using running = await Running.start();
    await running.file.registry.resource(ECSMService).apply(web);
    await settled(running);
    const { text } = await running.page('/debug');
    expect(JSON.parse(text)).toMatchObject({
      leader: { leads: true, fencingToken: 0 },
      platform: { state: 'reachable', services: 1 },
      registry: { path: running.file.path },
      controllers: { ecsmservice: { synced: true } },
      lastRuns: expect.arrayContaining([expect.objectContaining({ controller: 'ecsmservice', object: 'default/web' })]),
    });
  });

  it('takes what can change from a reload, says what cannot, and keeps all when it is no good', async () => {
    await using running = await Running.start();
    const config = join(root, 'operator.yaml');
    const read = (): Promise<LoadedSettings> =>
      loaded(['--registry', running.file.path, '--metrics', '0', '--health', '0', '--config', config]);
    await writeFile(config, 'logLevel: debug\npollInterval: 5s\nworkers: 9\n');
    await running.daemon.reload(read);
    expect(running.levels.at(-1)).toBe('debug');
    expect(running.log.lines).toContainEqual('info configuration read anew {"changed":["pollInterval","logLevel"]}');
    expect(running.log.lines).toContainEqual('warn these settings change at the next start {"fields":["workers"]}');
    await settled(running);
    await running.rest(20_000, 5000);
    await writeFile(config, 'logLevel: loud\n');
    await running.daemon.reload(read);
    expect(running.levels.at(-1)).toBe('debug');
    expect(running.log.lines.at(-1)).toMatch(/stays in force .*logLevel is \\"loud\\"/);
    expect(await running.metric('ecsm_operator_reloads_total', 'failed')).toBe(1);
    expect(await running.metric('ecsm_operator_reloads_total', 'done')).toBe(1);
  });

  it('tells that the clock was set', async () => {
    await using running = await Running.start();
    await settled(running);
    running.clock.setWallClock(running.clock.now() + 3_600_000);
    await running.rest(30_000, 30_000);
    expect(running.log.lines.at(-1)).toBe(
      'warn the clock of this machine was set; pauses and deadlines are not affected {"jumpMs":3600000}',
    );
    expect(await running.metric('ecsm_operator_clock_jumps_total')).toBe(1);
  });

  it('counts how objects fare, and the file', async () => {
    await using running = await Running.start();
    await running.file.registry.resource(ECSMService).apply(web);
    await settled(running);
    expect(await running.metric('ecsm_services{', 'Available')).toBe(1);
    expect(await running.metric('ecsm_service_conditions', 'condition="Available"', 'status="True"')).toBe(1);
    expect(await running.metric('registry_objects', 'ecsmservices')).toBe(1);
    expect(await running.metric('registry_size_bytes')).toBeGreaterThan(1000);
    expect(await running.metric('registry_revision')).toBe(await running.file.store.revision());
    expect(await running.metric('ecsm_operator_actions_total', 'type="create"')).toBe(1);
    expect(await running.metric('ecsm_platform_requests_total', 'outcome="ok"')).toBeGreaterThan(1);
    expect(await running.metric('ecsm_operator_build_info')).toBe(1);
    expect(await running.metric('leader_election_master_status')).toBe(1);
  });
});
