import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ManualClock } from '@ecsm/api-types/testing';
import type { AttemptEvent } from '@ecsm/ecsm-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ClockJumps } from '../../src/daemon/clock-jumps.js';
import { Contest } from '../../src/daemon/contest.js';
import { ForgottenPromises } from '../../src/daemon/forgotten-promises.js';
import { ServiceNotifier } from '../../src/daemon/service-notifier.js';
import { LinesLogger } from '../helpers/lines-logger.js';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'life-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

describe('ServiceNotifier', () => {
  /** A stand-in for systemd-notify that writes down what it is to send. */
  async function notifier(clock: ManualClock, env: Record<string, string> = {}) {
    const script = join(root, 'systemd-notify');
    await writeFile(script, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${join(root, 'sent')}\n`);
    await chmod(script, 0o755);
    const log = new LinesLogger();
    const PATH = `${root}:${process.env['PATH'] ?? ''}`;
    return { log, notifier: new ServiceNotifier({ env: { PATH, ...env }, log, clock }) };
  }

  it('tells systemd of start, reload, stop, and twice in its time that it is alive', async () => {
    const clock = new ManualClock();
    const env = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '20000000', WATCHDOG_PID: String(process.pid) };
    const { notifier: told, log } = await notifier(clock, env);
    told.ready('leading');
    await clock.advance(25_000);
    told.reloading();
    told.stopping();
    await told[Symbol.asyncDispose]();
    await clock.advance(60_000);
    const lines = (await readFile(join(root, 'sent'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => line.replace(/\d{6,}/, 'N'))).toEqual([
      '/run/notify READY=1 STATUS=leading',
      '/run/notify WATCHDOG=1',
      '/run/notify WATCHDOG=1',
      '/run/notify WATCHDOG=1',
      '/run/notify RELOADING=1 MONOTONIC_USEC=N',
      '/run/notify STOPPING=1',
    ]);
    expect(log.lines).toEqual([]);
  });

  it('does nothing where nobody asked, and says once when it cannot', async () => {
    const clock = new ManualClock();
    const { notifier: unasked } = await notifier(clock);
    unasked.ready('leading');
    await unasked[Symbol.asyncDispose]();
    await expect(readFile(join(root, 'sent'))).rejects.toThrow('ENOENT');
    const log = new LinesLogger();
    const lost = new ServiceNotifier({ env: { NOTIFY_SOCKET: '/run/notify', PATH: '/none' }, log, clock });
    lost.ready('leading');
    lost.stopping();
    await lost[Symbol.asyncDispose]();
    expect(log.lines).toEqual([expect.stringContaining('ENOENT')]);
  });
});

describe('HangWatchdog', () => {
  /** Runs a program that hangs for a while, and returns how it ended. */
  async function hang(hangMs: number): Promise<{ readonly signal: string | null; readonly stderr: string }> {
    const module = fileURLToPath(new URL('../../src/daemon/hang-watchdog.ts', import.meta.url));
    const program = `
      import { HangWatchdog } from ${JSON.stringify(module)};
      await using watchdog = new HangWatchdog(1000);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const until = Date.now() + ${hangMs};
      while (Date.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 100));`;
    const file = join(root, 'program.mts');
    await writeFile(file, program);
    const child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [, signal] = (await once(child, 'close')) as [number | null, string | null];
    return { signal, stderr };
  }

  it('ends a process that hangs, and says why', async () => {
    const { signal, stderr } = await hang(60_000);
    expect(signal).toBe('SIGKILL');
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'error',
      limitMs: 1000,
      msg: 'the process has hung for too long and is ended',
    });
  });

  it('leaves one alone that is only slow', async () => {
    expect(await hang(200)).toEqual({ signal: null, stderr: '' });
  });
});

describe('ForgottenPromises', () => {
  it('keeps the process alive and tells what was rejected', async () => {
    const log = new LinesLogger();
    let count = 0;
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      const promises = new ForgottenPromises(log, () => count++);
      void Promise.reject(new Error('nobody listens'));
      await new Promise((resolve) => setImmediate(resolve));
      await promises[Symbol.asyncDispose]();
    } finally {
      for (const each of others) process.on('unhandledRejection', each);
    }
    expect(count).toBe(1);
    expect(log.lines).toEqual([expect.stringContaining('nobody listened')]);
  });
});

describe('ClockJumps', () => {
  it('tells by how much the clock was set, once, and nothing of slow drift', async () => {
    const clock = new ManualClock();
    const jumps: number[] = [];
    const watch = new ClockJumps(clock, (ms) => jumps.push(ms));
    await clock.advance(3_600_000);
    watch.look();
    clock.setWallClock(clock.now() + 1000);
    watch.look();
    clock.setWallClock(clock.now() - 86_400_000);
    watch.look();
    watch.look();
    expect(jumps).toEqual([-86_400_000]);
  });
});

describe('Contest', () => {
  const key = { namespace: 'default', name: 'web' };
  const create = { type: 'create', name: 'web-x-y', revision: {} as never, nodes: [], reason: '' } as const;
  const act = { type: 'act', verb: 'start', id: '7', name: 'web', reason: '' } as const;

  function attempt(method: string, requestBody: object, error?: Error): AttemptEvent {
    const figures = { attempt: 1, durationMs: 1, waitedMs: 0, requestBytes: 1, responseBytes: 1 };
    return { ...figures, method, url: 'http://x/service/7', requestBody, ...(error === undefined ? {} : { error }) };
  }

  it('notices the third success of the same within ten minutes, once', () => {
    const told: string[] = [];
    const contest = new Contest((_, { name }) => told.push(name), new ManualClock());
    for (let i = 0; i < 5; i++) {
      expect(contest.intend(key, create)).toBe(true);
      contest.attempted(attempt('POST', { name: 'web-x-y' }));
      expect(told).toHaveLength(i < 2 ? 0 : 1);
    }
  });

  it('notices a size that does not last, and not one that follows another', () => {
    const told: string[] = [];
    const contest = new Contest((_, { reason }) => told.push(reason), new ManualClock());
    const update = {
      type: 'update',
      id: '7',
      name: 'web',
      image: 'keep',
      revision: {} as never,
      cause: 'Scale',
    } as const;
    const carryOut = (reason: string): void => {
      contest.intend(key, { ...update, reason });
      contest.attempted(attempt('PUT', { id: '7' }));
    };
    for (const reason of ['2 to 3', '3 to 2', '2 to 3', '3 to 2', '2 to 3', '2 to 3']) carryOut(reason);
    expect(told).toEqual([]);
    for (const reason of ['2 to 3', '2 to 3']) carryOut(reason);
    expect(told).toEqual(['2 to 3']);
  });

  it('takes another try of what failed for no news and no contest', () => {
    const told: string[] = [];
    const contest = new Contest((_, { name }) => told.push(name), new ManualClock());
    const news = [1, 2, 3, 4].map(() => {
      const isNews = contest.intend(key, create);
      contest.attempted(attempt('POST', { name: 'web-x-y' }, new Error('no answer')));
      contest.attempted(attempt('POST', { name: 'another' }));
      return isNews;
    });
    expect(news).toEqual([true, false, false, false]);
    expect(told).toEqual([]);
  });

  it('takes no notice of what is far apart, or of instances that are set going', async () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const contest = new Contest((_, { name }) => told.push(name), clock);
    for (let i = 0; i < 10; i++) {
      contest.intend(key, create);
      contest.attempted(attempt('POST', { name: 'web-x-y' }));
      for (let j = 0; j < 3; j++) {
        contest.intend(key, act);
        contest.attempted(attempt('PUT', { ids: ['7'] }));
      }
      await clock.advance(400_000);
    }
    expect(told).toEqual([]);
  });
});
