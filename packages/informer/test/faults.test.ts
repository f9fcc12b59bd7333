import { describe, expect, it } from 'vitest';

import { setUp, startAndSync, widget, key } from './helpers/widget.js';

// Faults of an earlier implementation, by their numbers in docs/reference/earlier-faults.md.
describe('faults of the informer', () => {
  it('fault 25: what exists at the start is announced, and a resync without a change says nothing', async () => {
    const setup = setUp();
    setup.source.put(widget('a'));
    setup.source.put(widget('b'));
    await startAndSync(setup);
    expect(setup.news()).toEqual(['added a initially', 'added b initially']);
    setup.source.put(widget('c'));
    await setup.clock.advance(0);
    expect(setup.news()).toEqual(['added c']);
    await setup.clock.advance(3_600_000);
    expect(setup.news()).toEqual([]);
  });

  it('fault 26: an addition that was missed is told by the next comparison, and its deletion then too', async () => {
    const setup = setUp({ resyncPeriodMs: 1000 });
    await startAndSync(setup);
    setup.source.isSilent = true;
    setup.source.put(widget('a'));
    await setup.clock.advance(2000);
    expect(setup.news()).toEqual(['added a']);
    setup.source.isSilent = false;
    setup.source.remove(key('a'));
    await setup.clock.advance(0);
    expect(setup.news()).toEqual(['deleted a known']);
    expect(setup.informer.versionOf(key('a'))).toBeUndefined();
  });

  it('fault 27: nothing between list and watch is missed, and nothing goes back in time', async () => {
    const setup = setUp();
    setup.source.put(widget('a', 1));
    setup.informer.start();
    setup.source.put(widget('a', 2));
    setup.source.put(widget('b', 1));
    await setup.clock.advance(0);
    await setup.informer.synced();
    setup.source.put(widget('a', 3));
    await setup.clock.advance(0);
    const versions = setup.events
      .filter((event) => event.key.name === 'a' && event.type !== 'deleted')
      .map((event) => ('version' in event ? Number(event.version.resourceVersion) : 0));
    expect(versions).toEqual([...versions].sort((x, y) => x - y));
    expect(
      setup.events
        .filter((event) => event.type === 'added')
        .map((event) => event.key.name)
        .sort(),
    ).toEqual(['a', 'b']);
  });

  it('fault 28: a handler may be slow, may add handlers, and a late one gets what is there', async () => {
    const setup = setUp();
    setup.source.put(widget('a'));
    await startAndSync(setup);
    const late: string[] = [];
    let release = (): void => undefined;
    setup.informer.addHandler(async () => {
      setup.informer.addHandler((event) => {
        late.push(event.key.name);
      });
      await new Promise<void>((resolve) => (release = resolve));
    });
    setup.source.put(widget('b'));
    await setup.clock.advance(0);
    expect(setup.news()).toContain('added b');
    expect(late).toContain('a');
    release();
  });

  it('fault 29: a deletion found by resync carries the key and the last version, and says what it does not know', async () => {
    const setup = setUp({ resyncPeriodMs: 1000 });
    setup.source.put(widget('a'));
    await startAndSync(setup);
    setup.news();
    setup.source.isSilent = true;
    setup.source.remove(key('a'));
    await setup.clock.advance(2000);
    const [event] = setup.events.slice(-1);
    expect(event).toMatchObject({ type: 'deleted', key: key('a'), finalState: 'unknown' });
  });
});
