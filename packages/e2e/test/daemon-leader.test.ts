import { Event, Lease } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { eachWithDaemons, type OperatorProcess } from './helpers/daemon-operators.js';
import { dynamicService } from './helpers/manifests.js';
import { eventually } from './helpers/program.js';

const daemons = eachWithDaemons();

async function transitions(): Promise<number | undefined> {
  const { spec } = await daemons.system.registry.resource(Lease).namespace('default').get('ecsm-operator');
  return spec.leaseTransitions;
}

/** What an operator has done to the platform, from a line of its log on. */
function actions(operator: OperatorProcess, from = 0): readonly unknown[] {
  return operator.lines.slice(from).flatMap(({ action }) => (action === undefined ? [] : [action]));
}

describe('several operators on one registry', () => {
  it('with the lock beside the file another leads within 2 s of a kill, and goes on with the work', async () => {
    const first = daemons.start(['--metrics', '0']);
    await first.logs('leading');
    expect((await first.page('/metrics')).text).toContain('leader_election_master_status{name="ecsm-operator"} 1');
    const second = daemons.start(['--metrics', '0']);
    await second.logs('waiting to lead');
    expect((await second.page('/metrics')).text).toContain('leader_election_master_status{name="ecsm-operator"} 0');
    await daemons.system.apply(dynamicService('web', 3));
    await daemons.system.settled('web', 3);
    expect(actions(second)).toEqual([]);
    const killedAt = Date.now();
    first.signal('SIGKILL');
    const { time, fencingToken } = await second.logs('leading');
    expect(Date.parse(time) - killedAt).toBeLessThan(2000);
    expect(fencingToken).toBe(1);
    expect(await transitions()).toBe(1);
    await eventually('an event tells of it', async () => {
      const { items } = await daemons.system.registry.resource(Event).list();
      return items.some(({ involvedObject, reason }) => `${involvedObject.kind} ${reason}` === 'Lease LeaderElected');
    });
    await daemons.system.apply(dynamicService('web', 2));
    await daemons.system.settled('web', 2);
    expect(actions(second)).not.toEqual([]);
  });

  it('with the lock a leader that ends lets go at once, and one that is stopped keeps it', async () => {
    const first = daemons.start();
    await first.logs('leading');
    const second = daemons.start();
    await second.logs('waiting to lead');
    first.signal('SIGSTOP');
    const third = daemons.start();
    // Three tries of the lock by whoever waits.
    await third.logs('waiting to lead');
    await new Promise((resolve) => setTimeout(resolve, 1600));
    expect([...second.lines, ...third.lines].filter(({ msg }) => msg === 'leading')).toEqual([]);
    first.signal('SIGCONT');
    first.signal('SIGTERM');
    expect(await first.ended()).toBe(0);
    const heirs = [second, third];
    await Promise.any(heirs.map((each) => each.logs('leading')));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(heirs.filter((each) => each.lines.some(({ msg }) => msg === 'leading'))).toHaveLength(1);
  });

  it(
    'with the lease another leads within 15 s of a kill, and one that was stopped meanwhile writes nothing more',
    { timeout: 120_000 },
    async () => {
      const lease = ['--leader-election', 'lease'];
      const first = daemons.start(lease);
      await first.logs('leading');
      const second = daemons.start(lease);
      await second.logs('waiting to lead');
      await daemons.system.apply(dynamicService('web', 3));
      await daemons.system.settled('web', 3);
      first.signal('SIGSTOP');
      const stoppedAt = Date.now();
      // Something for the one that comes back to be tempted by.
      await daemons.system.apply(dynamicService('web', 2));
      const { time, fencingToken } = await second.logs('leading');
      expect(Date.parse(time) - stoppedAt).toBeLessThan(15_000);
      expect(fencingToken).toBe(1);
      await daemons.system.apply(dynamicService('web', 1));
      const before = first.lines.length;
      first.signal('SIGCONT');
      expect(await first.ended()).toBe(4);
      expect(actions(first, before)).toEqual([]);
      const msg = expect.stringContaining('no longer leads') as string;
      expect(first.lines.at(-1)).toMatchObject({ exitCode: 4, msg });
      await daemons.system.settled('web', 1);
      expect(await daemons.system.platform.running('web')).toHaveLength(1);
      second.signal('SIGKILL');
      const killedAt = Date.now();
      const third = daemons.start(lease);
      const taken = await third.logs('leading');
      expect(Date.parse(taken.time) - killedAt).toBeLessThan(15_000);
      expect(await transitions()).toBe(2);
    },
  );
});
