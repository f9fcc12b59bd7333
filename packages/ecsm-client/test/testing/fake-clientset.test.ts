import { collect, type ServiceRow } from '@ecsm/ecsm-client';
import { FakeClientset } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

const row: ServiceRow = {
  id: 's1',
  name: 'web',
  status: 'complete',
  createdTime: '2025-01-14 10:00:00',
  updatedTime: '2025-01-14 10:00:00',
  imageList: [],
  nodeList: [],
  containerStatusGroup: [],
  factor: 1,
  policy: 'dynamic',
  instanceOnline: 1,
};

describe('FakeClientset', () => {
  it('answers promises and streams as scripted and records the calls', async () => {
    const ecsm = new FakeClientset()
      .answer('services.all', [row])
      .answer('services.isNameTaken', (name) => name === 'web');
    expect(await collect(ecsm.services.all({ name: 'we' }))).toEqual([row]);
    expect(await ecsm.services.isNameTaken('web')).toBe(true);
    expect(await ecsm.services.isNameTaken('other')).toBe(false);
    expect(ecsm.callsTo('services.isNameTaken')).toEqual([['web'], ['other']]);
    expect(ecsm.calls.map((call) => call.method)).toEqual([
      'services.all',
      'services.isNameTaken',
      'services.isNameTaken',
    ]);
  });

  it('uses up answers for one call, in order, before the standing one', async () => {
    const ecsm = new FakeClientset()
      .answer('services.summary', { total: 3, health: 3 })
      .answerOnce('services.summary', { total: 1, health: 1 })
      .failOnce('services.summary', new Error('lost'));
    expect(await ecsm.services.summary()).toEqual({ total: 1, health: 1 });
    await expect(ecsm.services.summary()).rejects.toThrow('lost');
    expect(await ecsm.services.summary()).toEqual({ total: 3, health: 3 });
  });

  it('rejects a call without a script, naming it', async () => {
    await expect(new FakeClientset().nodes.get('n1')).rejects.toThrow("answer('nodes.get', …)");
  });

  it('rejects a call whose signal is aborted with the reason of the signal', async () => {
    const ecsm = new FakeClientset().answer('services.summary', { total: 0, health: 0 });
    const reason = new Error('stop');
    await expect(ecsm.services.summary({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('can be awaited as a resource without pretending to be a promise', async () => {
    const ecsm = new FakeClientset();
    expect(await Promise.resolve(ecsm.services)).toBe(ecsm.services);
    expect(ecsm.calls).toEqual([]);
  });
});
