import { ConflictError, type ResourceClients } from '@ecsm/api-types';
import { isLeaseLostError, LeaseLock, type LeaseLockOptions } from '@ecsm/controller-runtime';
import { Faults } from '@ecsm/controller-runtime/testing';
import { describe, expect, it } from 'vitest';

import { GuardedClients, type Guard } from '../../src/internal/guarded-clients.js';
import { hangingClients } from '../helpers/hanging-clients.js';
import { leaseRegistry } from '../helpers/lease-registry.js';

function lockOf(clients: ResourceClients, rest: Omit<LeaseLockOptions, 'clients' | 'name'>): LeaseLock {
  return new LeaseLock({ clients, name: 'lead', random: () => 0, ...rest });
}

describe('LeaseLock', () => {
  it.each([
    [{ retryPeriodMs: 0 }, /retryPeriodMs of a lease lock must be a number above 0, got 0/],
    [{ renewDeadlineMs: 2400, retryPeriodMs: 2000 }, /renewDeadlineMs must be above 1.2/],
    [{ leaseDurationMs: 10_000, renewDeadlineMs: 10_000 }, /leaseDurationMs must be finite and above renewDeadlineMs/],
  ])('C15 refuses times that do not fit together: %o', (times, message) => {
    const { registry } = leaseRegistry();
    expect(() => lockOf(registry, times)).toThrow(message);
  });

  it('C15 says at once when its lease can never be written, rather than stand by for ever', async () => {
    const { clock, registry } = leaseRegistry();
    const lock = new LeaseLock({ clients: registry, clock, name: 'No Name For An Object' });
    await expect(lock.acquire()).rejects.toThrow(/metadata\.name/);
  });

  it('C15 takes a free lease, its own, and an expired one, and no valid one of another', async () => {
    const { clock, registry, read } = leaseRegistry();
    const first = await lockOf(registry, { clock, identity: 'a' }).acquire();
    expect(await read()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0, leaseDurationSeconds: 15 });
    const acquireTime = (await read()).acquireTime;
    await first.release();
    // Its own: a crashed process comes back under its name, and the lease has not changed hands.
    const second = await lockOf(registry, { clock, identity: 'b' }).acquire();
    expect(await read()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    const again = await lockOf(registry, { clock, identity: 'b' }).acquire();
    expect(await read()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    expect((await read()).acquireTime).not.toBe(undefined);
    expect(acquireTime).toBeDefined();
    // Another's: only once it was seen unchanged for its whole duration.
    let third: unknown;
    void lockOf(registry, { clock, identity: 'c' })
      .acquire()
      .then((leadership) => (third = leadership));
    await clock.advance(30_000);
    expect(third).toBe(undefined);
    await second.release();
    await again.release();
    await clock.advance(2000);
    expect(await read()).toMatchObject({ holderIdentity: 'c', leaseTransitions: 2 });
    expect(third).toMatchObject({ fencingToken: 2 });
  });

  it('C15 takes over a lease that is no longer renewed, after its duration and not before', async () => {
    const { clock, registry, leases, key, read } = leaseRegistry();
    await leases.create({
      apiVersion: 'ecsm.sh/v1',
      kind: 'Lease',
      metadata: key,
      // Wall clocks lie: a renewal in the far future or past says nothing.
      spec: {
        holderIdentity: 'dead',
        leaseDurationSeconds: 15,
        leaseTransitions: 4,
        renewTime: '2099-01-01T00:00:00Z',
      },
    });
    let leads = false;
    void lockOf(registry, { clock, identity: 'a' })
      .acquire()
      .then(() => (leads = true));
    await clock.advance(14_000);
    expect(leads).toBe(false);
    await clock.advance(2000);
    expect(leads).toBe(true);
    expect(await read()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 5 });
  });

  it('C15 renews without reading, keeps acquireTime and transitions, and reads after a conflict', async () => {
    const { clock, registry, leases, key, read } = leaseRegistry();
    const calls: string[] = [];
    const guard: Guard = { beforeRead: (verb) => calls.push(verb), beforeWrite: (verb) => calls.push(verb) };
    const leadership = await lockOf(new GuardedClients(registry, guard), { clock, identity: 'a' }).acquire();
    const before = await read();
    calls.length = 0;
    await clock.advance(6000);
    expect(calls).toEqual(['update', 'update', 'update']);
    const after = await read();
    expect(after).toMatchObject({ acquireTime: before.acquireTime, leaseTransitions: 0 });
    expect(after.renewTime).not.toBe(before.renewTime);
    await leases.patch(key, { type: 'merge', patch: { metadata: { labels: { seen: 'yes' } } } });
    calls.length = 0;
    await clock.advance(2000);
    expect(calls).toEqual(['update', 'get', 'update']);
    leadership.assertHeld();
    await leadership.release();
    expect(clock.pendingTimers).toBe(0);
  });

  it('C15 is lost renewDeadlineMs after the last renewal that succeeded', async () => {
    const { clock, registry } = leaseRegistry();
    const faults = new Faults();
    const leadership = await lockOf(new GuardedClients(registry, faults), { clock, identity: 'a' }).acquire();
    await clock.advance(4000);
    faults.unavailable({ times: Infinity });
    await clock.advance(9999);
    leadership.assertHeld();
    await clock.advance(1);
    expect(leadership.lost.aborted).toBe(true);
    expect(isLeaseLostError(leadership.lost.reason)).toBe(true);
    expect(() => {
      leadership.assertHeld();
    }).toThrow(/"a" no longer leads: the lease was not renewed in time/);
    faults.clear();
    await leadership.release();
    await clock.advance(60_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('sees before the next write that the lease ran out, also when a blocked loop held up every timer', async () => {
    const { clock, registry } = leaseRegistry();
    let blockedMs = 0;
    const slow = {
      now: () => clock.now() + blockedMs,
      monotonicNow: () => clock.monotonicNow() + blockedMs,
      setTimer: clock.setTimer.bind(clock),
    };
    const leadership = await lockOf(registry, { clock: slow, identity: 'a' }).acquire();
    blockedMs = 9999;
    leadership.assertHeld();
    blockedMs = 10_000;
    expect(() => {
      leadership.assertHeld();
    }).toThrow(/not renewed in time/);
    expect(leadership.lost.aborted).toBe(true);
  });

  it('C15 is lost at once when another process is found to hold the lease', async () => {
    const { clock, registry, leases, key } = leaseRegistry();
    const leadership = await lockOf(registry, { clock, identity: 'a' }).acquire();
    await leases.patch(key, { type: 'merge', patch: { spec: { holderIdentity: 'thief' } } });
    await clock.advance(2000);
    expect(leadership.lost.reason).toMatchObject({ code: 'LEASE_LOST', message: /"thief" has taken the lease/ });
  });

  it('C15 releases by writing a lease that may be taken at once, also after conflicts, and not if it is another’s', async () => {
    const { clock, registry, leases, key, read } = leaseRegistry();
    let conflicts = 2;
    const guard: Guard = {
      beforeRead: () => undefined,
      beforeWrite: (verb) => {
        if (verb === 'update' && conflicts-- > 0) throw new ConflictError({ message: 'somebody was faster' });
      },
    };
    const leadership = await lockOf(new GuardedClients(registry, guard), { clock, identity: 'a' }).acquire();
    await leadership.release();
    await leadership.release();
    expect(await read()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(() => {
      leadership.assertHeld();
    }).toThrow(/released/);
    const next = await lockOf(registry, { clock, identity: 'b' }).acquire();
    await leases.patch(key, { type: 'merge', patch: { spec: { holderIdentity: 'thief' } } });
    await next.release();
    expect(await read()).toMatchObject({ holderIdentity: 'thief' });
  });

  it.each([
    ['a renewal', 2000],
    ['the release', 0],
  ])('C15 waits for a store that hangs in %s no longer than the lead lasts', async (_, hangsAfterMs) => {
    const { clock, registry } = leaseRegistry();
    let hangs = false;
    const clients = hangingClients(registry, 'update', () => hangs);
    const leadership = await lockOf(clients, { clock }).acquire();
    hangs = true;
    await clock.advance(hangsAfterMs);
    let released = 'not yet';
    void leadership.release().then(
      () => (released = 'without a word'),
      (error: unknown) => (released = isLeaseLostError(error) ? 'as lost' : String(error)),
    );
    expect(() => {
      leadership.assertHeld();
    }).toThrow(/the lease was released/);
    await clock.advance(10_000);
    expect(released).toBe(hangsAfterMs === 0 ? 'as lost' : 'without a word');
    expect(clock.pendingTimers).toBe(0);
  });

  it('C15 ends the wait with the reason of the signal', async () => {
    const { clock, registry } = leaseRegistry();
    const held = await lockOf(registry, { clock, identity: 'a' }).acquire();
    const stop = new AbortController();
    const waiting = lockOf(registry, { clock, identity: 'b' })
      .acquire({ signal: stop.signal })
      .catch((error: unknown) => error);
    await clock.advance(5000);
    stop.abort(new Error('enough'));
    expect(await waiting).toMatchObject({ message: 'enough' });
    await held.release();
    expect(clock.pendingTimers).toBe(0);
  });
});
