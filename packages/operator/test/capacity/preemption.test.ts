import { findCondition, serviceStatusWord } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import type { World } from '../helpers/world.js';
import { sized, smallWorld } from './small-cluster.js';

async function condition(world: World, name: string, type: string) {
  return findCondition((await world.get(name)).status?.conditions, type);
}

const count = (world: World, name: string): number => world.running(name).length;

describe('room', () => {
  it('asks nobody about nodes while everything fits', async () => {
    await using world = await smallWorld();
    await world.apply('web', sized(8, '64Mi', ['a', 'b']));
    await world.settle();
    await world.pass(120_000, 1000);
    expect(world.calls.count('nodes.status')).toBe(0);
  });

  it('says what is missing, where, and who is in the way, and goes on when there is room', async () => {
    await using world = await smallWorld(['a']);
    await world.apply('first', sized(4, '64Mi', ['a']));
    await world.settle();
    await world.apply('second', sized(2, '64Mi', ['a']));
    await world.until('it waits', async () => {
      return (await condition(world, 'second', 'Progressing'))?.reason === 'WaitingForRoom';
    });
    const waiting = await condition(world, 'second', 'Progressing');
    expect(waiting?.message).toContain('2 of 2 instances wait for room: each needs 64Mi of memory');
    expect(waiting?.message).toContain('a has 0Mi of memory left; in the way');
    expect(waiting?.message).toContain('in the way: default/first (priority 0) with 4 instances');
    expect(serviceStatusWord(await world.get('second'))).toBe('Waiting');
    expect(count(world, 'first')).toBe(4);
    expect((await world.operator.unsettled()).get('default/second')).toContain('WaitingForRoom');
    await world.apply('first', sized(3, '64Mi', ['a']));
    await world.until('one runs', () => count(world, 'second') === 1);
    await world.services.delete('first');
    await world.settle();
    expect(count(world, 'second')).toBe(2);
    const asked = world.calls.count('nodes.status');
    await world.pass(120_000, 1000);
    expect(world.calls.count('nodes.status')).toBe(asked);
  });

  it('has a lower priority make way, and gives it its room back', async () => {
    await using world = await smallWorld(['a', 'b']);
    await world.apply('low', sized(8, '64Mi', ['a', 'b']));
    await world.settle();
    await world.apply('high', sized(1, '64Mi', ['a'], { priority: 10 }));
    await world.until('high runs', () => count(world, 'high') === 1);
    await world.pass(20_000, 500);
    expect(await condition(world, 'low', 'Preempted')).toMatchObject({ status: 'True', reason: 'MadeWay' });
    expect(serviceStatusWord(await world.get('low'))).toBe('Preempted');
    expect(await world.reasons('low')).toContain('Preempted');
    await world.services.delete('high');
    await world.settle();
    expect(count(world, 'low')).toBe(8);
    expect(await condition(world, 'low', 'Preempted')).toMatchObject({ status: 'False', reason: 'Restored' });
  });
});
