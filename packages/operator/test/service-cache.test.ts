import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';

import type { ServiceDetail, ServiceRow } from '@ecsm/ecsm-client';
import { expect, it } from 'vitest';

import { ServiceCache } from '../src/platform/service-cache.js';

const count = 50;

function idOf(index: number): string {
  return `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
}

function row(index: number, online: number): ServiceRow {
  return {
    id: idOf(index),
    name: `web-${index}-2wbejn9q-v80m10p0`,
    status: online === 0 ? 'deploying' : 'running',
    createdTime: '2026-01-01 00:00:00',
    updatedTime: '2026-01-01 00:00:00',
    imageList: [{ name: 'web', tag: '1.0.0', os: 'sylixos' }],
    nodeList: [],
    containerStatusGroup: ['created'],
    factor: 1,
    policy: 'dynamic',
    instanceOnline: online,
  };
}

function detail(index: number): ServiceDetail {
  return {
    ...row(index, 1),
    healthy: true,
    instanceActive: 1,
    image: { ref: 'web@1.0.0#sylixos', config: {}, action: 'run' },
  };
}

/** Whether V8 describes two objects by one and the same hidden class. */
function sharesDescription(): (a: unknown, b: unknown) => boolean {
  setFlagsFromString('--allow-natives-syntax');
  const test = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (a: unknown, b: unknown) => boolean;
  // Compiled when it is first called.
  test({}, {});
  setFlagsFromString('--no-allow-natives-syntax');
  return test;
}

it('holds each service in the same form, however it was heard of: a description of its own takes as much memory again', () => {
  const isAlike = sharesDescription();
  const cache = new ServiceCache();
  const first = (): unknown => cache.get(idOf(0));
  const others = () => Array.from({ length: count - 1 }, (_, index) => cache.get(idOf(index + 1)));
  const steps: readonly ((index: number) => void)[] = [
    (index) => cache.takeRow(row(index, 0), 1, 0),
    (index) => cache.takeRow(row(index, 1), 2, 0),
    (index) => cache.takeDetail(detail(index), 3, 0),
    (index) => cache.presume(idOf(index), 'default/default/web'),
    (index) => cache.takeWrite({ ...cache.takeDetail(detail(index), 4, 0), factor: 2 }, 5),
    (index) => cache.takeLeaving(idOf(index), 6),
  ];
  for (const step of steps) {
    for (let index = 0; index < count; index++) step(index);
    expect(others().filter((service) => !isAlike(service, first()))).toEqual([]);
  }
  expect(first()).not.toHaveProperty('detail');
});

it('tells when a service was heard of for the first time, and when only what is the same is said', () => {
  const cache = new ServiceCache();
  expect(cache.takeRow(row(1, 0), 1, 0)).toBe('changed');
  expect(cache.takeRow(row(1, 0), 2, 0)).toBe('same');
  expect(cache.takeRow(row(1, 1), 3, 0)).toBe('changed');
  // News of a request that began before the last one says nothing.
  expect(cache.takeRow(row(1, 0), 2, 0)).toBe('same');
  expect(cache.takeRow({ ...row(1, 1), updatedTime: '2026-01-02 00:00:00' }, 4, 0)).toBe('touched');
  expect(cache.find('2wbejn9q')).toHaveLength(1);
  cache.takeRow(row(2, 1), 4, 0);
  expect(cache.find('2wbejn9q').map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
  cache.forget(idOf(1));
  expect(cache.find('2wbejn9q').map(({ id }) => id)).toEqual([idOf(2)]);
  cache.forget(idOf(2));
  expect(cache.find('2wbejn9q')).toEqual([]);
});
