import { getEventListeners } from 'node:events';

import { describe, expect, it } from 'vitest';

import { forEachUntilAborted } from '../src/internal/for-each-until-aborted.js';

/** What one side pushes and the other takes; tells whether it was left. */
class Pushed implements AsyncIterable<number> {
  isLeft = false;
  #give: (next: IteratorResult<number, undefined>) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;
  readonly #onAsked: () => void;

  constructor(onAsked: () => void = () => undefined) {
    this.#onAsked = onAsked;
  }

  push(value: number): void {
    this.#give({ done: false, value });
  }

  end(): void {
    this.#give({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<number, undefined> {
    return {
      next: () =>
        new Promise((resolve, reject) => {
          this.#give = resolve;
          this.fail = reject;
          this.#onAsked();
        }),
      return: async () => {
        this.isLeft = true;
        return { done: true, value: undefined };
      },
    };
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

function nothing(): void {
  // Not what the test is about.
}

describe('forEachUntilAborted', () => {
  it('calls back for every value in order, and resolves at the end', async () => {
    const seen: number[] = [];
    async function* values(): AsyncGenerator<number> {
      for (let value = 0; value < 5; value++) yield value;
    }
    await forEachUntilAborted(values(), new AbortController().signal, (value) => seen.push(value), nothing);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('calls back in the first turn after a value came, and asks for the next one behind whom that concerned', async () => {
    const steps: string[] = [];
    const values = new Pushed(() => steps.push('asked'));
    const tell = (value: number): void => {
      steps.push(`told ${value}`);
      void Promise.resolve().then(() => steps.push(`handled ${value}`));
    };
    const note = (value: number): unknown => steps.push(`noted ${value}`);
    const over = forEachUntilAborted(values, new AbortController().signal, tell, note);
    values.push(1);
    await Promise.resolve();
    expect(steps).toEqual(['asked', 'told 1']);
    await turns(3);
    expect(steps).toEqual(['asked', 'told 1', 'handled 1', 'noted 1', 'asked']);
    values.end();
    await over;
  });

  it('rejects with the reason as soon as the signal aborts, although the iterable hangs', async () => {
    const values = new Pushed();
    const controller = new AbortController();
    const seen: number[] = [];
    const over = forEachUntilAborted(values, controller.signal, (value) => seen.push(value), nothing);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(over).rejects.toBe(reason);
    values.push(1);
    await turns(5);
    expect(seen).toEqual([]);
    expect(values.isLeft).toBe(true);
  });

  it('takes nothing when the signal has aborted before', async () => {
    const values = new Pushed();
    const reason = new Error('too late');
    const over = forEachUntilAborted(values, AbortSignal.abort(reason), () => expect.unreachable(), nothing);
    await expect(over).rejects.toBe(reason);
  });

  it('has one listener at the signal however many values come, and none in the end', async () => {
    const values = new Pushed();
    const { signal } = new AbortController();
    const over = forEachUntilAborted(values, signal, nothing, nothing);
    for (let value = 0; value < 10; value++) {
      values.push(value);
      await turns(3);
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    }
    values.end();
    await over;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('fails with the iterable, and with a call that throws', async () => {
    const { signal } = new AbortController();
    const broken = new Pushed();
    const over = forEachUntilAborted(broken, signal, nothing, nothing);
    const cause = new Error('connection lost');
    broken.fail(cause);
    await expect(over).rejects.toBe(cause);

    const values = new Pushed();
    const unusable = new Error('unusable');
    const refuse = (): void => {
      throw unusable;
    };
    const refused = forEachUntilAborted(values, signal, refuse, nothing);
    values.push(1);
    await expect(refused).rejects.toBe(unusable);
    await turns(3);
    expect(values.isLeft).toBe(true);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);

    const last = new Pushed();
    const noted = forEachUntilAborted(last, signal, nothing, refuse);
    last.push(1);
    await expect(noted).rejects.toBe(unusable);
  });

  it('fails when the iterable throws instead of rejecting, first or later, asked or left', async () => {
    const { signal } = new AbortController();
    const cause = new Error('no promise');
    for (const good of [0, 1]) {
      let asked = 0;
      const values: AsyncIterable<number> = {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            if (asked++ < good) return Promise.resolve({ done: false, value: 1 });
            throw cause;
          },
          return: () => {
            throw new Error('not even this');
          },
        }),
      };
      await expect(forEachUntilAborted(values, signal, nothing, nothing)).rejects.toBe(cause);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    }
  });
});
