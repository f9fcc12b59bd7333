import { ManualClock } from '@ecsm/api-types/testing';
import { createClientset, NullDataError, type ListOptions, type ServiceRow } from '@ecsm/ecsm-client';
import { FakeClientset, pageOf, ScriptedServer } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

import type { PollRecord } from '../src/platform/observation.js';
import { PlatformObserver } from '../src/platform/platform-observer.js';
import { UnreadableServiceError } from '../src/platform/unreadable-service-error.js';
import { LinesLogger } from './helpers/lines-logger.js';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

const row: ServiceRow = {
  id: 'service-1',
  name: 'web-2wbejn9q-v80m10p0',
  status: 'complete',
  createdTime: '2026-01-01 00:00:00',
  updatedTime: '2026-01-01 00:00:00',
  imageList: [],
  nodeList: [],
  containerStatusGroup: ['running'],
  factor: 1,
  policy: 'dynamic',
  errorInstance: [],
  instanceOnline: 1,
};

it('never takes a service for gone because its row cannot be read', async () => {
  const clock = new ManualClock();
  const clientset = new FakeClientset();
  let readable = true;
  clientset.answer('services.all', (_filter?: unknown, options?: ListOptions) => {
    if (!readable) options?.onBadRow?.({ list: 'GET /service', index: 0, problem: 'factor is missing', row: {} });
    return readable ? [row] : [];
  });
  const observer = new PlatformObserver({ clientset, clock, log: silent, onChange: () => undefined });
  observer.start();
  await clock.advance(1000);
  expect(observer.hasName(row.name)).toBe(true);
  readable = false;
  await clock.advance(60_000);
  expect(observer.hasName(row.name)).toBe(true);
  await expect(observer.lookFor('2wbejn9q')).rejects.toThrow('factor is missing');
  readable = true;
  clientset.answer('services.all', []);
  await clock.advance(60_000);
  expect(observer.hasName(row.name)).toBe(false);
  await observer.stop();
});

it.each([
  ['fewer than no instances', { factor: -1 }, 'factor is -1, not a number of instances'],
  ['-1 in a number without a sign', { instanceOnline: 4_294_967_295 }, 'instanceOnline is 4294967295, not a number'],
  ['a part of an instance', { instanceOnline: 0.5 }, 'instanceOnline is 0.5, not a number of instances'],
])(
  'knows nothing anew of a service that is said to have %s, and everything of the others',
  async (_what, wrong, why) => {
    const clock = new ManualClock();
    const clientset = new FakeClientset();
    const other = { ...row, id: 'service-2', name: 'api-pg6891ds-60mvmb9f' };
    let rows: readonly ServiceRow[] = [other, row];
    clientset.answer('services.all', () => rows);
    const log = new LinesLogger();
    const polls: PollRecord[] = [];
    const onPoll = (record: PollRecord): unknown => polls.push(record);
    const observer = new PlatformObserver({ clientset, clock, log, onChange: () => undefined, onPoll });
    observer.start();
    await clock.advance(1000);
    rows = [
      { ...other, instanceOnline: 0 },
      { ...row, ...wrong },
    ];
    await clock.advance(120_000);
    expect(log.lines).toEqual([expect.stringContaining(why)]);
    expect(polls.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(observer.servicesOf('2wbejn9q', [])).toMatchObject([{ id: 'service-1', factor: 1, online: 1 }]);
    expect(observer.servicesOf('pg6891ds', [])).toMatchObject([{ id: 'service-2', online: 0 }]);
    await expect(observer.lookFor('2wbejn9q')).rejects.toThrow(UnreadableServiceError);
    await observer.stop();
  },
);

it("gives every service of ours its closer look, and a stranger's only one", async () => {
  const clock = new ManualClock();
  const clientset = new FakeClientset();
  const strangers = Array.from({ length: 50 }, (_, index) => ({
    ...row,
    id: `stranger-${index}`,
    name: `camera-${index}`,
  }));
  clientset.answer('services.all', [...strangers, row]);
  const read: string[] = [];
  clientset.answer('services.get', (id: string) => {
    read.push(id);
    const { name } = [...strangers, row].find((each) => each.id === id) ?? row;
    const { nodeList, containerStatusGroup, policy, createdTime, updatedTime } = row;
    const image = { ref: 'web@1.0.0#sylixos', action: 'run' as const, config: {} };
    const rest = { containerStatusGroup, nodeList, policy, createdTime, updatedTime, healthy: true };
    return { id, name, status: 'complete', factor: 1, instanceOnline: 1, instanceActive: 0, image, ...rest };
  });
  const looks: string[] = [];
  const observer = new PlatformObserver({
    clientset,
    clock,
    log: silent,
    onChange: (_key, reason) => looks.push(reason),
  });
  observer.track({ namespace: 'default', name: 'web' }, '2wbejn9q', []);
  observer.start();
  for (let minute = 0; minute < 40; minute++) {
    await clock.advance(60_000);
    if (observer.isDetailDue(row.id)) await observer.readDetail(row.id);
  }
  expect(looks.filter((reason) => reason.includes('closer look')).length).toBeGreaterThanOrEqual(3);
  expect(read.filter((id) => id.startsWith('stranger-'))).toHaveLength(50);
  await observer.stop();
});

it('reads the marks of all strangers, though that of one can never be read', async () => {
  const clock = new ManualClock();
  const clientset = new FakeClientset();
  const strangers = ['camera', 'radio', 'sensor'].map((name) => ({ ...row, id: name, name }));
  clientset.answer('services.all', strangers);
  const read: string[] = [];
  clientset.answer('services.get', (id: string) => {
    read.push(id);
    throw new NullDataError(
      { method: 'GET', url: id },
      { httpStatus: 200, contentType: 'application/json', excerpt: '' },
    );
  });
  const observer = new PlatformObserver({ clientset, clock, log: silent, onChange: () => undefined });
  observer.start();
  await clock.advance(100_000);
  expect(new Set(read)).toEqual(new Set(['camera', 'radio', 'sensor']));
  await observer.stop();
});

it('keeps what it holds of a service through looks that say nothing new', async () => {
  const clock = new ManualClock();
  const clientset = new FakeClientset();
  let shown: ServiceRow = row;
  clientset.answer('services.all', () => [structuredClone(shown)]);
  const observer = new PlatformObserver({ clientset, clock, log: silent, onChange: () => undefined });
  observer.start();
  await clock.advance(1000);
  const [first] = observer.servicesOf('2wbejn9q', []);
  expect(first).toBeDefined();
  shown = { ...row, updatedTime: '2026-01-01 00:01:00' };
  await clock.advance(60_000);
  // Copies would have to be collected again and again.
  expect(observer.servicesOf('2wbejn9q', [])[0]).toBe(first);
  shown = { ...row, containerStatusGroup: ['exited'], instanceOnline: 0 };
  await clock.advance(60_000);
  expect(observer.servicesOf('2wbejn9q', [])[0]).toMatchObject({ containerStatuses: ['exited'], online: 0 });
  await observer.stop();
});

it('holds nothing of a service that a look by name has not found', async () => {
  const clock = new ManualClock();
  const clientset = new FakeClientset();
  clientset.answer('services.all', [row]);
  const observer = new PlatformObserver({ clientset, clock, log: silent, onChange: () => undefined });
  observer.start();
  await clock.advance(1000);
  clientset.answer('services.all', [{ ...row, updatedTime: '2026-01-01 00:01:00' }]);
  await clock.advance(60_000);
  expect(observer.isDetailDue(row.id)).toBe(true);
  clientset.answer('services.all', []);
  await observer.lookFor('2wbejn9q');
  expect(observer.isDetailDue(row.id)).toBe(false);
  await observer.stop();
});

describe('with a list that stays as it is, byte for byte', () => {
  /** An observer of a platform that never changes, and looks at it. */
  async function unchanging() {
    const clock = new ManualClock();
    const server = await ScriptedServer.start();
    server.always('GET', '/service').reply(pageOf([row]));
    const clientset = createClientset({ baseUrl: server.baseUrl });
    const observer = new PlatformObserver({ clientset, clock, log: silent, onChange: () => undefined });
    const look = async (afterMs: number): Promise<void> => {
      const { polls } = observer;
      await clock.advance(afterMs);
      while (observer.polls === polls) await new Promise((resolve) => setImmediate(resolve));
    };
    observer.start();
    await look(0);
    await look(30_000);
    const end = async (): Promise<void> => {
      await observer.stop();
      await clientset.close();
      await server.close();
    };
    const service = () => observer.servicesOf('2wbejn9q', [])[0];
    return { observer, look, service, [Symbol.asyncDispose]: end };
  }

  it('a write of ours that came to nothing is not taken for the truth', async () => {
    await using world = await unchanging();
    const { observer, look, service } = world;
    const before = service();
    if (before === undefined) throw new Error('the service was not seen');
    observer.takeWrite({ ...before, factor: 3 });
    expect(service()?.factor).toBe(3);
    await look(30_000);
    expect(service()?.factor).toBe(1);
  });

  it('a service that was told to go and stays is told so for a minute only', async () => {
    await using world = await unchanging();
    const { observer, look, service } = world;
    observer.takeLeaving(row.id);
    for (const leaving of [true, undefined]) {
      await look(30_000);
      expect(service()?.leaving).toBe(leaving);
    }
  });

  it('a service that seemed gone comes back', async () => {
    await using world = await unchanging();
    const { observer, look, service } = world;
    observer.takeGone(row.id);
    expect(service()).toBeUndefined();
    await look(30_000);
    expect(service()?.name).toBe(row.name);
  });
});
