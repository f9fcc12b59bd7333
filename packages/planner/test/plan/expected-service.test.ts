import { describe, expect, it } from 'vitest';

import { expectCreated, expectUpdated, type ObservedService, type WrittenService } from '../../src/index.js';
import { mark, running } from '../helpers.js';

const dynamic = (factor: number, nodes = ['a', 'b', 'c']): WrittenService => ({
  id: 'id-web',
  name: 'web',
  policy: 'dynamic',
  nodes,
  factor,
});
const onNodes = (...nodes: readonly string[]): WrittenService => ({
  id: 'id-web',
  name: 'web',
  policy: 'static',
  nodes,
});

describe('a service that was just created', () => {
  it('has all of its instances, of which none is ready', () => {
    const image = 'web@1.0.0#sylixos';
    expect(expectCreated(dynamic(3), { image, mark })).toMatchObject({ factor: 3, online: 0, deploying: true, mark });
    expect(expectCreated(onNodes('a', 'b'), { image, mark }).containerStatuses).toEqual(['created', 'created']);
  });
});

describe('a service that was just changed', () => {
  it.each<[string, ObservedService, WrittenService, online: number, exist: number, ending: number]>([
    ['grows beside what it has', running('web', 2), dynamic(3), 2, 3, 0],
    ['shrinks by what was ready', running('web', 3), dynamic(1), 1, 3, 2],
    [
      'grows beside what has yet to end',
      running('web', 1, { containerStatuses: ['running', 'running'] }),
      dynamic(2),
      1,
      2,
      1,
    ],
    [
      'stays where it is known to',
      running('web', 2, { policy: 'static', nodes: ['a', 'b'] }),
      onNodes('b', 'c'),
      1,
      2,
      1,
    ],
    ['loses a node, nobody knows with how many', running('web', 3), dynamic(3, ['a', 'b']), 3, 3, 3],
    ['becomes Static, nobody knows where it ran', running('web', 3), onNodes('a', 'b', 'c'), 3, 3, 3],
    ['becomes Dynamic where it is', running('web', 2, { policy: 'static', nodes: ['a', 'b'] }), dynamic(3), 2, 3, 0],
  ])('%s', (_, seen, written, online, exist, ending) => {
    const expected = expectUpdated(seen, written, false);
    expect([expected.online, expected.containerStatuses.length, expected.ending]).toEqual([online, exist, ending]);
  });

  it('has nothing ready where every instance starts anew', () => {
    expect(expectUpdated(running('web', 3), dynamic(3), true).online).toBe(0);
  });
});
