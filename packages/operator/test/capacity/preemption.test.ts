import { findCondition, serviceStatusWord } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import type { World } from '../helpers/world.js';
import { sized, sizedOn, smallWorld } from './small-cluster.js';

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

  it('waits in line with preemptionPolicy Never, and lets who is ahead of it go first', async () => {
    await using world = await smallWorld(['a']);
    await world.apply('low', sized(4, '64Mi', ['a']));
    await world.settle();
    await world.apply('polite', sized(1, '64Mi', ['a'], { priority: 5, preemptionPolicy: 'Never' }));
    await world.apply('later', sized(1, '64Mi', ['a'], { priority: 3, preemptionPolicy: 'Never' }));
    await world.pass(60_000, 1000);
    expect(count(world, 'low')).toBe(4);
    expect((await condition(world, 'polite', 'Progressing'))?.message).toContain('preemptionPolicy Never');
    await world.apply('low', sized(3, '64Mi', ['a']));
    await world.pass(60_000, 1000);
    expect([count(world, 'polite'), count(world, 'later')]).toEqual([1, 0]);
  });

  it('takes nothing from an equal priority, and nothing for what would not fit even then', async () => {
    await using world = await smallWorld(['a']);
    await world.apply('first', sized(4, '64Mi', ['a'], { priority: 5 }));
    await world.settle();
    await world.apply('same', sized(1, '64Mi', ['a'], { priority: 5 }));
    await world.apply('huge', sized(1, '300Mi', ['a'], { priority: 9 }));
    await world.pass(120_000, 1000);
    expect(count(world, 'first')).toBe(4);
    expect(await condition(world, 'first', 'Preempted')).toBeUndefined();
  });

  it('has a Static object leave the one node that is needed, and come back to it', async () => {
    await using world = await smallWorld(['a', 'b']);
    await world.apply('agent', sizedOn(['a', 'b'], '200Mi'));
    await world.settle();
    await world.apply('high', sized(1, '100Mi', ['b'], { priority: 1 }));
    await world.until('high runs', () => count(world, 'high') === 1);
    expect(world.running('agent')).toEqual(['a web@1.0.0']);
    expect(await condition(world, 'agent', 'Preempted')).toMatchObject({ status: 'True' });
    await world.services.delete('high');
    await world.settle();
    expect(world.running('agent')).toEqual(['a web@1.0.0', 'b web@1.0.0']);
  });

  it('gives up nothing for a node that is merely starting anew, and something for one that stays away', async () => {
    await using world = await smallWorld(['a', 'b']);
    await world.apply('high', sized(3, '64Mi', ['b', 'a'], { priority: 9 }));
    await world.apply('low', sized(5, '64Mi', ['a', 'b']));
    await world.settle();
    world.cluster.takeNodeDown('a', 'power');
    await world.pass(8000, 500);
    world.cluster.bringNodeUp('a');
    await world.pass(60_000, 1000);
    await world.settle();
    expect(await condition(world, 'low', 'Preempted')).toBeUndefined();
    world.cluster.takeNodeDown('a', 'power');
    await world.until(
      'high runs on what is left',
      () => {
        return world.running('high').filter((line) => line.startsWith('b ')).length === 3;
      },
      300_000,
    );
    world.cluster.bringNodeUp('a');
    await world.settle(600_000);
    expect([count(world, 'high'), count(world, 'low')]).toEqual([3, 5]);
  });

  it('goes on where it was when the operator is killed at any step', { timeout: 60_000 }, async () => {
    for (let delay = 0; delay < 5; delay++) {
      await using world = await smallWorld(['a']);
      await world.apply('low', sized(4, '64Mi', ['a']));
      await world.settle();
      await world.apply('high', sized(2, '64Mi', ['a'], { priority: 1 }));
      await world.pass(delay * 1000, 500);
      await world.killOperator();
      await world.pass(3000, 500);
      await world.startOperator();
      await world.until('high runs', () => count(world, 'high') === 2);
      await world.pass(20_000, 1000);
      const moved = world.actions.filter(({ reason }) => reason.includes(' made way to '));
      expect(moved.length).toBeLessThanOrEqual(3);
      expect([count(world, 'high'), count(world, 'low')]).toEqual([2, 2]);
      expect(await condition(world, 'low', 'Preempted')).toMatchObject({ status: 'True' });
    }
  });

  it('rolls out in a full cluster, one instance after the other', async () => {
    await using world = await smallWorld(['a']);
    await world.apply('web', sized(4, '64Mi', ['a']));
    await world.settle();
    await world.apply(
      'web',
      sized(4, '64Mi', ['a'], {
        template: { image: 'web@2.0.0#sylixos', resources: { limits: { memory: '64Mi' } } },
      }),
    );
    await world.settle(600_000);
    expect(world.running('web')).toEqual(Array.from({ length: 4 }, () => 'a web@2.0.0'));
  });

  it('writes nothing while somebody waits and nothing changes', async () => {
    await using world = await smallWorld(['a']);
    await world.apply('first', sized(4, '64Mi', ['a'], { priority: 5 }));
    await world.settle();
    await world.apply('second', sized(1, '64Mi', ['a']));
    await world.pass(150_000, 1000);
    const { writes } = world.calls;
    const revision = await world.registry.store.revision();
    await world.pass(300_000, 5000);
    expect(world.calls.writes).toBe(writes);
    expect(await world.registry.store.revision()).toBe(revision);
  });
});
