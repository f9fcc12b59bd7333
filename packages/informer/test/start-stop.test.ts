import { getEventListeners } from 'node:events';

import { ManualClock } from '@ecsm/api-types/testing';
import { Informer, PolledInformer } from '@ecsm/informer';
import { MemoryListWatch } from '@ecsm/informer/testing';
import { expect, it } from 'vitest';

import { Widget, widget } from './helpers/widget.js';

it('10,000 informers come and go without a timer, a listener or a watch left behind', async () => {
  const clock = new ManualClock();
  const source = new MemoryListWatch(Widget);
  source.put(widget('a'));
  const parent = new AbortController();
  for (let life = 0; life < 10_000; life++) {
    const informer = new Informer(source, { clock, cache: life % 2 === 0 });
    const handler = informer.addHandler(() => undefined, { syncPeriodMs: 1000 });
    const reader = informer.events({ signal: parent.signal })[Symbol.asyncIterator]();
    const ending = new AbortController();
    const running = informer.run({ signal: ending.signal });
    await handler.synced({ signal: parent.signal });
    await informer.synced({ signal: parent.signal });
    await reader.next();
    await informer.ownWrite({ namespace: 'default', name: 'a' }, async () => source.objects()[0]);
    ending.abort();
    await running;
    await reader.next();
    source.requests.length = 0;
  }
  await clock.advance(0);
  expect(clock.pendingTimers).toBe(0);
  expect(source.openWatches).toBe(0);
  expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
});

it('10,000 polled informers come and go without a timer or a listener left behind', async () => {
  const clock = new ManualClock();
  const parent = new AbortController();
  for (let life = 0; life < 10_000; life++) {
    const informer = new PolledInformer<string>(
      { list: async () => ['a'], keyOf: (row) => row, fingerprintOf: (row) => row },
      { name: 'rows', clock },
    );
    informer.start();
    await informer.synced({ signal: parent.signal });
    if (life % 2 === 0) informer.pollNow();
    await informer.stop();
  }
  expect(clock.pendingTimers).toBe(0);
  expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
});

it('starting and stopping may be repeated', async () => {
  const clock = new ManualClock();
  const source = new MemoryListWatch(Widget);
  const informer = new Informer(source, { clock });
  informer.start();
  informer.start();
  await clock.advance(0);
  expect(source.openWatches).toBe(1);
  await Promise.all([informer.stop(), informer.stop(), informer[Symbol.asyncDispose]()]);
  await informer.run({ signal: AbortSignal.abort() });
});
