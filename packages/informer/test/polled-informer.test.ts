import { ManualClock } from '@ecsm/api-types/testing';
import {
  PolledInformer,
  PollFailedError,
  PollTimeoutError,
  type PolledEvent,
  type PolledInformerOptions,
  type PolledSource,
} from '@ecsm/informer';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

interface Row {
  readonly id: string;
  readonly state: string;
}

/** Rows by id, and what goes wrong with the next polls. */
class RowSource implements PolledSource<Row> {
  readonly rows = new Map<string, string>();
  /** When each poll began. */
  readonly polledAt: number[] = [];
  readonly failures: Error[] = [];
  readonly #clock: ManualClock;
  /** Waits this long before it answers. */
  tookMs = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async list(): Promise<readonly Row[]> {
    this.polledAt.push(this.#clock.monotonicNow());
    if (this.tookMs > 0) await new Promise<void>((resolve) => this.#clock.setTimer(resolve, this.tookMs));
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    return [...this.rows].map(([id, state]) => ({ id, state }));
  }
  keyOf(row: Row): string {
    return row.id;
  }
  fingerprintOf(row: Row): string {
    return row.state;
  }
  isMoving(row: Row): boolean {
    return row.state === 'starting';
  }
}

function line(event: PolledEvent<Row>): string {
  switch (event.type) {
    case 'added':
      return `added ${event.key}=${event.fingerprint}${event.initial ? ' initially' : ''}`;
    case 'modified':
      return `modified ${event.key} ${event.previousFingerprint}->${event.fingerprint}`;
    case 'deleted':
    case 'sync':
      return `${event.type} ${event.key}`;
  }
}

function setUp(options: Partial<PolledInformerOptions> & { readonly source?: Partial<PolledSource<Row>> } = {}) {
  const { source: overrides, ...informerOptions } = options;
  const clock = new ManualClock();
  const source = Object.assign(new RowSource(clock), overrides);
  const errors: Error[] = [];
  const informer = new PolledInformer<Row>(source, {
    name: 'rows',
    clock,
    random: () => 0,
    onError: (error) => errors.push(error),
    ...informerOptions,
  });
  onTestFinished(() => informer.stop());
  const lines: string[] = [];
  informer.addHandler((event) => {
    lines.push(line(event));
  });
  const news = (): string[] => lines.splice(0);
  return { clock, source, informer, errors, news };
}

describe('a polled informer', () => {
  it('reports what is there once, then every change that a poll shows', async () => {
    const { clock, source, informer, news } = setUp();
    source.rows.set('a', 'running').set('b', 'running');
    informer.start();
    await clock.advance(0);
    await informer.synced();
    expect(news()).toEqual(['added a=running initially', 'added b=running initially']);
    source.rows.set('a', 'stopped').set('c', 'running').delete('b');
    await clock.advance(30_000);
    expect(news()).toEqual(['modified a running->stopped', 'added c=running', 'deleted b']);
    await clock.advance(300_000);
    expect(news()).toEqual([]);
    expect([...informer.keys()]).toEqual(['a', 'c']);
    expect(informer.fingerprintOf('a')).toBe('stopped');
    expect(informer.fingerprintOf('b')).toBeUndefined();
    expect(informer.size).toBe(2);
  });

  it('looks every 30 s at rest, and every 2 s while something changes or is in a passing state', async () => {
    const { clock, source, informer } = setUp();
    source.rows.set('a', 'running');
    informer.start();
    await clock.advance(60_000);
    expect(source.polledAt).toEqual([0, 30_000, 60_000]);
    source.rows.set('a', 'starting');
    await clock.advance(34_000);
    expect(source.polledAt.slice(3)).toEqual([90_000, 92_000, 94_000]);
    expect(informer.health().moving).toBe(true);
    source.rows.set('a', 'running');
    await clock.advance(4000);
    // Seen to have changed at 96 s, and unchanged at 98 s.
    expect(source.polledAt.slice(6)).toEqual([96_000, 98_000]);
    expect(informer.health().moving).toBe(false);
    await clock.advance(30_000);
    expect(source.polledAt.slice(8)).toEqual([128_000]);
  });

  it('looks sooner when the program expects changes, wants a poll, or sets other intervals', async () => {
    const { clock, source, informer } = setUp();
    informer.start();
    await clock.advance(10_000);
    informer.expectChanges(5000);
    await clock.advance(5000);
    expect(source.polledAt).toEqual([0, 10_000, 12_000, 14_000]);
    await clock.advance(10_000);
    informer.pollNow();
    await clock.advance(0);
    // The poll at 14 s was still within the time of movement.
    expect(source.polledAt.slice(4)).toEqual([16_000, 25_000]);
    informer.setIntervals({ restMs: 1000 });
    await clock.advance(2000);
    expect(source.polledAt.slice(6)).toEqual([26_000, 27_000]);
    expect(() => informer.setIntervals({ movingMs: 0 })).toThrow(
      /movingMs of the intervals of informer ".*" must be a number above 0, got 0/,
    );
  });

  it('polls once more right after a poll during which one was wanted, and never twice at a time', async () => {
    const { clock, source, informer } = setUp();
    source.tookMs = 100;
    informer.start();
    await clock.advance(50);
    for (let n = 0; n < 5; n++) informer.pollNow();
    await clock.advance(50);
    expect(source.polledAt).toEqual([0, 100]);
    await clock.advance(1000);
    expect(source.polledAt).toEqual([0, 100]);
  });

  it('draws a share of each interval', async () => {
    const { clock, source, informer } = setUp({ random: () => 0.5, jitter: 0.2 });
    informer.start();
    await clock.advance(60_000);
    expect(source.polledAt).toEqual([0, 27_000, 54_000]);
  });

  it('leaves a slow link twice as long alone as a poll took', async () => {
    const { clock, source, informer } = setUp({ intervals: { restMs: 10_000, movingMs: 1000 } });
    source.tookMs = 6000;
    informer.start();
    await clock.advance(40_000);
    expect(source.polledAt).toEqual([0, 18_000, 36_000]);
  });

  it('deletes nothing when a poll fails, backs off, and goes on', async () => {
    const { clock, source, informer, errors, news } = setUp({ backoff: { baseMs: 1000, maxMs: 3000 } });
    source.rows.set('a', 'running');
    informer.start();
    await clock.advance(0);
    news();
    source.rows.delete('a');
    source.failures.push(...Array.from({ length: 4 }, () => new Error('connection refused')));
    await clock.advance(30_000 + 1000 + 2000 + 3000 + 2999);
    expect(news()).toEqual([]);
    expect(informer.health()).toMatchObject({ failures: 4, state: 'waiting', objects: 1, lastPollAgeMs: 38_999 });
    expect(errors).toHaveLength(4);
    expect(errors[0]).toBeInstanceOf(PollFailedError);
    expect(errors[0]).toMatchObject({
      message: 'listing for informer "rows" failed: connection refused',
      code: 'InformerPollFailed',
      cause: new Error('connection refused'),
    });
    await clock.advance(1);
    expect(news()).toEqual(['deleted a']);
    expect(source.polledAt.slice(1)).toEqual([30_000, 31_000, 33_000, 36_000, 39_000]);
    expect(informer.health()).toMatchObject({ failures: 0, lastError: undefined, objects: 0 });
  });

  it('is not synced before a poll has succeeded', async () => {
    const { clock, source, informer } = setUp();
    source.failures.push(new Error('connection refused'));
    informer.start();
    await clock.advance(0);
    expect(informer.isSynced).toBe(false);
    await clock.advance(1000);
    expect(informer.isSynced).toBe(true);
  });

  it('gives up a poll that takes too long, also of a source that ignores its signal', async () => {
    const { clock, source, informer, errors } = setUp({ timeoutMs: 5000 });
    source.tookMs = 1_000_000;
    informer.start();
    await clock.advance(5000);
    expect(errors[0]?.cause).toBeInstanceOf(PollTimeoutError);
    expect(errors[0]?.cause).toMatchObject({ timeoutMs: 5000 });
    source.tookMs = 0;
    await clock.advance(500);
    expect(informer.isSynced).toBe(true);
  });

  it('reads pages, and deletes nothing when a later page fails', async () => {
    let isBroken = false;
    let opened = 0;
    let closed = 0;
    const { clock, source, informer, news } = setUp({
      source: {
        async *list() {
          opened++;
          try {
            const rows = [...source.rows].map(([id, state]) => ({ id, state }));
            yield rows.slice(0, 1);
            if (isBroken) throw new Error('connection reset');
            yield rows.slice(1);
          } finally {
            closed++;
          }
        },
      },
    });
    source.rows.set('a', '1').set('b', '1');
    informer.start();
    await clock.advance(0);
    expect(news()).toEqual(['added a=1 initially', 'added b=1 initially']);
    isBroken = true;
    source.rows.set('a', '2').delete('b');
    await clock.advance(30_000);
    expect(news()).toEqual(['modified a 1->2']);
    isBroken = false;
    await clock.advance(30_000);
    expect(news()).toEqual(['deleted b']);
    expect(closed).toBe(opened);
  });

  it('reports a deletion only after as many misses as it was told to wait for', async () => {
    const { clock, source, informer, news } = setUp({ missesUntilDeleted: 2 });
    source.rows.set('a', '1').set('b', '1');
    informer.start();
    await clock.advance(0);
    news();
    source.rows.clear();
    await clock.advance(30_000);
    expect(news()).toEqual([]);
    // A miss is a sign of movement: the next look is soon.
    source.rows.set('b', '1');
    await clock.advance(2000);
    expect(news()).toEqual(['deleted a']);
    source.rows.clear();
    await clock.advance(2000);
    expect(news()).toEqual([]);
    await clock.advance(2000);
    expect(news()).toEqual(['deleted b']);
  });

  it('takes an item that is listed twice as it is listed first', async () => {
    const { clock, informer, news } = setUp({
      source: {
        list: async () => [
          { id: 'a', state: '1' },
          { id: 'a', state: '2' },
        ],
      },
    });
    informer.start();
    await clock.advance(90_000);
    expect(news()).toEqual(['added a=1 initially']);
  });

  it('keeps a digest of a long fingerprint', async () => {
    const { clock, source, informer, news } = setUp();
    source.rows.set('a', 'x'.repeat(1000));
    informer.start();
    await clock.advance(0);
    expect(informer.fingerprintOf('a')).toHaveLength(24);
    source.rows.set('a', `${'x'.repeat(999)}y`);
    await clock.advance(30_000);
    expect(news().map((text) => text.split(' ')[0])).toEqual(['added', 'modified']);
  });

  it('tells handlers that come late what is there, and sync events at their period', async () => {
    const { clock, source, informer } = setUp();
    source.rows.set('a', '1');
    informer.start();
    await clock.advance(0);
    const lines: string[] = [];
    const late = informer.addHandler(
      (event) => {
        lines.push(line(event));
      },
      { syncPeriodMs: 5000 },
    );
    await late.synced();
    await clock.advance(5000);
    expect(lines).toEqual(['added a=1 initially', 'sync a']);
  });

  it('counts its polls', async () => {
    const polls: [number, number | undefined][] = [];
    const { clock, source, informer } = setUp({
      metrics: { polled: (seconds, changes) => polls.push([seconds, changes]) },
    });
    source.tookMs = 250;
    source.rows.set('a', '1').set('b', '1');
    source.failures.push(new Error('no'));
    informer.start();
    await clock.advance(40_000);
    expect(polls).toEqual([
      [0.25, undefined],
      [0.25, 2],
      [0.25, 0],
    ]);
  });

  it('never holds the event loop for long, however long the list', async () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => ({ id: `row-${n}`, state: String(n % 7) }));
    const informer = new PolledInformer<Row>(
      { list: async () => rows, keyOf: (row) => row.id, fingerprintOf: (row) => row.state },
      { name: 'long' },
    );
    onTestFinished(() => informer.stop());
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    informer.start();
    setImmediate(count);
    await informer.synced();
    isOver = true;
    // Time is not measured here, since machines differ: what counts is that others got their turns all along.
    expect(turns).toBeGreaterThan(5);
    expect(informer.size).toBe(100_000);
  });

  it('ends up knowing what is there, whatever happened, and says only what makes sense on the way', async () => {
    const step = fc.oneof(
      fc.record({ type: fc.constantFrom('set', 'delete'), id: fc.constantFrom('a', 'b', 'c'), state: fc.nat(2) }),
      fc.record({ type: fc.constantFrom('fail', 'pollNow', 'expectChanges') }),
      fc.record({ type: fc.constant('advance'), ms: fc.constantFrom(0, 1000, 30_000) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.integer({ min: 1, max: 2 }),
        async (steps, misses) => {
          const clock = new ManualClock();
          const source = new RowSource(clock);
          await using informer = new PolledInformer(source, { name: 'rows', clock, missesUntilDeleted: misses });
          const known = new Map<string, string>();
          informer.addHandler((event) => {
            if (event.type === 'added' ? known.has(event.key) : !known.has(event.key)) throw new Error(line(event));
            if (event.type === 'modified' && known.get(event.key) === event.fingerprint) throw new Error(line(event));
            if (event.type === 'deleted') known.delete(event.key);
            else known.set(event.key, event.fingerprint);
          });
          informer.start();
          for (const step of steps) {
            if ('id' in step) {
              if (step.type === 'set') source.rows.set(step.id, String(step.state));
              else source.rows.delete(step.id);
            } else if ('ms' in step) await clock.advance(step.ms);
            else if (step.type === 'fail') source.failures.push(new Error('no'));
            else if (step.type === 'pollNow') informer.pollNow();
            else informer.expectChanges(3000);
          }
          source.failures.length = 0;
          await clock.advance(120_000);
          expect([...known].sort()).toEqual([...source.rows].sort());
        },
      ),
      { seed: 12, numRuns: 100 },
    );
  });

  it('refuses a source that lacks a part, in plain JavaScript', () => {
    for (const source of [undefined, { list: () => [], keyOf: String }]) {
      expect(() => Reflect.construct(PolledInformer, [source, { name: 'rows' }]) as unknown).toThrow(
        'the source of informer "rows" must have the functions list, keyOf and fingerprintOf, got ',
      );
    }
  });

  it('refuses a time for expected changes that is none', () => {
    const { informer } = setUp();
    for (const forMs of [NaN, -1, '5' as unknown as number]) {
      expect(() => informer.expectChanges(forMs)).toThrow(
        'forMs of expectChanges of informer "rows" must be a number of at least 0, got ',
      );
    }
  });

  it('stops while it polls and while it waits, leaving no timer', async () => {
    for (const tookMs of [0, 1000]) {
      const { clock, source, informer } = setUp();
      source.tookMs = tookMs;
      informer.start();
      await clock.advance(10);
      await informer.stop();
      expect(clock.pendingTimers).toBe(tookMs === 0 ? 0 : 1);
      await clock.advance(1000);
      expect(clock.pendingTimers).toBe(0);
      expect(informer.health().state).toBe('stopped');
      expect(source.polledAt).toHaveLength(1);
    }
  });
});
