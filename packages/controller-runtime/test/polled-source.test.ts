import { testEnv } from '@ecsm/controller-runtime/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { addAntennaController, type Antenna, type Antennas } from './helpers/antenna-controller.js';

/** Antennas that turn until the test says that they have arrived. */
class FakeAntennas implements Antennas {
  readonly all = new Map<string, Antenna>();
  readonly turned: string[] = [];
  isDown = false;

  put(id: string, angle: number, turning = false): void {
    this.all.set(id, { id, angle, turning });
  }

  list(): Promise<readonly Antenna[]> {
    return this.isDown ? Promise.reject(new Error('no link')) : Promise.resolve([...this.all.values()]);
  }

  find(id: string): Promise<Antenna | undefined> {
    return Promise.resolve(this.all.get(id));
  }

  turn(id: string, angle: number): Promise<void> {
    this.turned.push(`${id} ${angle}`);
    this.put(id, this.all.get(id)?.angle ?? Number.NaN, true);
    return Promise.resolve();
  }
}

describe('a controller of what has no watch', () => {
  it('runs keys of a list that is polled, looks sooner while something moves, and outlives a link that is gone', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    onTestFinished(() => {
      warn.mockRestore();
    });
    const api = new FakeAntennas();
    api.put('a', 30);
    await using env = await testEnv({ controllers: [(manager) => addAntennaController(manager, api)] });
    const reasons = () => env.reconciles('a').map(({ causes }) => causes.at(-1)?.reason);
    expect(reasons()).toEqual(['added']);
    expect(api.turned).toEqual(['a 0']);

    await env.advance(2200);
    expect(reasons()).toEqual(['added', 'modified']);
    api.put('a', 0);
    await env.advance(2200);
    expect(reasons()).toEqual(['added', 'modified', 'modified']);
    expect(env.reconciles('a').at(-1)?.outcome).toEqual({ type: 'done' });

    api.isDown = true;
    await env.advance(3_600_000);
    expect(warn).toHaveBeenCalledWith('listing for informer "antennas" failed: no link');
    expect(env.reconciles('a')).toHaveLength(3);
    api.isDown = false;
    api.all.clear();
    await env.advance(600_000);
    expect(reasons().slice(3)).toEqual(['deleted']);
  });
});
