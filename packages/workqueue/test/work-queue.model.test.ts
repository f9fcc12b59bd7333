import { ManualClock } from '@ecsm/api-types/testing';
import { ExponentialRateLimiter, WorkQueue } from '@ecsm/workqueue';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** What the queue should know of a key, kept in the plainest way. */
interface ModelKey {
  state: 'ready' | 'delayed' | 'idle';
  running: boolean;
  priority: number;
  /** Order within its priority. */
  turn: number;
  dueAt: number;
  delayedAt: number;
  failures: number;
}

class Model {
  readonly keys = new Map<string, ModelKey>();
  now = 0;
  turn = 0;
  closed = false;

  key(name: string): ModelKey {
    let key = this.keys.get(name);
    if (key === undefined) {
      key = { state: 'idle', running: false, priority: 0, turn: 0, dueAt: 0, delayedAt: 0, failures: 0 };
      this.keys.set(name, key);
    }
    return key;
  }

  add(name: string, priority: number, afterMs: number): void {
    if (this.closed) return;
    const key = this.key(name);
    if (key.state === 'idle') key.priority = priority;
    else if (priority > key.priority) {
      key.priority = priority;
      key.turn = ++this.turn;
    }
    if (key.state === 'ready') return;
    if (afterMs > 0) {
      key.dueAt = key.state === 'delayed' ? Math.min(key.dueAt, this.now + afterMs) : this.now + afterMs;
      if (key.state === 'idle') key.delayedAt = ++this.turn;
      key.state = 'delayed';
      return;
    }
    key.state = 'ready';
    key.turn = ++this.turn;
  }

  /** Ready keys that do not run, best first. */
  get available(): string[] {
    return [...this.keys]
      .filter(([, key]) => key.state === 'ready' && !key.running)
      .sort(([, a], [, b]) => b.priority - a.priority || a.turn - b.turn)
      .map(([name]) => name);
  }

  count(wanted: (key: ModelKey) => boolean): number {
    return [...this.keys.values()].filter(wanted).length;
  }
}

interface Real {
  readonly clock: ManualClock;
  readonly queue: WorkQueue;
}

type Command = fc.AsyncCommand<Model, Real>;

function command(text: string, run: (model: Model, real: Real) => void | Promise<void>): Command {
  return {
    check: () => true,
    toString: () => text,
    run: async (model, real) => {
      await run(model, real);
      expect(real.queue.length).toBe(model.available.length);
      expect(real.queue.delayed).toBe(model.count((key) => key.state === 'delayed'));
      expect(real.queue.running).toBe(model.count((key) => key.running));
      const measured = real.queue.measure();
      expect(measured.priorities.reduce((sum, { depth }) => sum + depth, 0)).toBe(model.available.length);
    },
  };
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const commands = [
  fc
    .record({ name, priority: fc.integer({ min: -2, max: 2 }), afterMs: fc.constantFrom(0, 0, 0, 5, 10, 20) })
    .map(({ name, priority, afterMs }) =>
      command(`add(${name}, ${priority}, ${afterMs})`, (model, { queue }) => {
        model.add(name, priority, afterMs);
        queue.add(name, { priority, afterMs });
      }),
    ),
  fc.constant(
    command('get', (model, { queue }) => {
      const [expected] = model.available;
      const item = queue.tryGet();
      expect(item?.key).toBe(expected);
      if (expected === undefined) return;
      const key = model.key(expected);
      expect(item).toEqual({ key: expected, priority: key.priority, retries: key.failures });
      Object.assign(key, { state: 'idle', running: true });
    }),
  ),
  name.map((name) =>
    command(`done(${name})`, (model, { queue }) => {
      const key = model.key(name);
      // A key that was asked for during its run lines up when the run ends.
      if (key.running && key.state === 'ready') key.turn = ++model.turn;
      key.running = false;
      queue.done(name);
    }),
  ),
  name.map((name) =>
    command(`fail(${name})`, (model, { queue }) => {
      const key = model.key(name);
      const delayMs = queue.addRateLimited(name);
      if (model.closed) return;
      expect(delayMs).toBe(Math.min(5 * 2 ** key.failures++, 40));
      model.add(name, 0, delayMs);
    }),
  ),
  name.map((name) =>
    command(`forget(${name})`, (model, { queue }) => {
      model.key(name).failures = 0;
      queue.forget(name);
    }),
  ),
  fc.integer({ min: 1, max: 30 }).map((byMs) =>
    command(`advance(${byMs})`, async (model, { clock }) => {
      model.now += byMs;
      const due = [...model.keys.values()].filter((key) => key.state === 'delayed' && key.dueAt <= model.now);
      // Of keys that fall due at the same time the one delayed first comes first.
      due.sort((a, b) => a.dueAt - b.dueAt || a.delayedAt - b.delayedAt);
      await clock.advance(byMs);
      for (const key of due) {
        key.state = 'ready';
        key.turn = ++model.turn;
      }
    }),
  ),
];
const shutdown = fc.constant(
  command('shutdown', (model, { queue }) => {
    model.closed = true;
    for (const key of model.keys.values()) if (key.state === 'delayed') key.state = 'idle';
    queue.shutdown();
  }),
);

it('behaves as the model says, whatever is asked of it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands([...commands, ...commands, ...commands, shutdown], { maxCommands: 60, size: 'max' }),
      async (cmds) => {
        await fc.asyncModelRun(() => {
          const clock = new ManualClock();
          const rateLimiter = new ExponentialRateLimiter({ maxMs: 40 });
          return {
            model: new Model(),
            real: { clock, queue: new WorkQueue({ clock, rateLimiter, ageingMs: Infinity }) },
          };
        }, cmds);
      },
    ),
    { seed: 20_261_121, numRuns: 300 },
  );
});
