import { join } from 'node:path';

import { Event, type Clock } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { Simulator } from '@ecsm/ecsm-simulator';

import { loadSettings, type LoadedSettings } from '../../src/config/load-settings.js';
import { Daemon } from '../../src/daemon/daemon.js';
import { openRegistryFile, type RegistryFile } from '../../src/daemon/registry-file.js';
import { LinesLogger } from './lines-logger.js';

/** The settings that flags give, with where they come from. */
export async function loaded(flags: readonly string[]): Promise<LoadedSettings> {
  const request = await loadSettings(flags, {});
  if (request.type !== 'run') throw new Error('these flags run nothing');
  return request;
}

/** The same time in whole milliseconds, as the machine's clock tells it and databases keep it. */
function whole(clock: ManualClock): Clock {
  return {
    now: () => Math.floor(clock.now()),
    monotonicNow: () => clock.monotonicNow(),
    setTimer: (callback, delayMs) => clock.setTimer(callback, delayMs),
  };
}

/** A daemon, its registry and its platform in one process; they share a clock that stands still until it is told. */
export class Running implements AsyncDisposable {
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

  static async start(root: string, flags: readonly string[] = [], platformUrl?: string): Promise<Running> {
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

  /** Lets time pass until everything is as it should be. */
  settled(): Promise<void> {
    return this.until('all is settled', async () => (await this.daemon.operator.unsettled()).size === 0);
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
