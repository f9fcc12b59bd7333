import { isConflictError, isNotFoundError, type WatchEvent } from '@ecsm/api-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { implementations } from './helpers/implementations.js';
import { Widget, widget } from './helpers/kinds.js';

const names = ['a', 'b', 'c'] as const;

/** One step of a writer. What it intends is checked against what every other one did. */
const step = fc.record({
  name: fc.constantFrom(...names),
  action: fc.constantFrom('apply', 'increment', 'update', 'status', 'delete', 'hold', 'release'),
  pause: fc.nat(3),
});

const seed = 20_261_122;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(implementations)('histories of a registry over $name', ({ open }) => {
  it('no acknowledged write is lost, revisions grow, and every watcher ends at the final state', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 12 }), { minLength: 2, maxLength: 4 }),
        fc.constantFrom(undefined, 'odd=true'),
        async (writers, labelSelector) => {
          await using test = await open();
          const widgets = test.registry.resource(Widget).namespace('default');
          /** Acknowledged revisions, with the state they left: `undefined` after a deletion. */
          const acknowledged = new Map<number, { name: string; size: number | undefined }>();
          const acknowledge = (object: Widget, gone = false): void => {
            const { resourceVersion, name } = object.metadata;
            acknowledged.set(Number(resourceVersion), { name, size: gone ? undefined : object.spec.size });
          };
          /** How often each incarnation of an object was incremented with success. */
          const increments = new Map<string, number>();

          const view = new Map<string, number>();
          let highest = 0;
          const abort = new AbortController();
          const selectors = labelSelector === undefined ? {} : { labelSelector };
          const see = (event: WatchEvent<Widget>): void => {
            if (event.type === 'bookmark') return;
            const { name, resourceVersion } = event.object.metadata;
            if (!(event.type === 'added' && event.initial === true)) {
              expect(Number(resourceVersion)).toBeGreaterThan(highest);
              highest = Number(resourceVersion);
            }
            if (event.type === 'added') expect(view.has(name)).toBe(false);
            if (event.type === 'modified') expect(view.has(name)).toBe(true);
            if (event.type === 'deleted') view.delete(name);
            else view.set(name, event.object.spec.size);
          };
          const watching = (async () => {
            for await (const event of widgets.watch({ sendInitialEvents: true, signal: abort.signal, ...selectors })) {
              see(event);
              if (highest % 3 === 0) await turn(); // a watcher that lags now and then
            }
          })();

          const act = async (name: string, action: string): Promise<void> => {
            switch (action) {
              case 'apply':
                acknowledge((await widgets.apply(widget(name, { parts: 'x' }), { force: true })).object);
                return;
              case 'increment': {
                const read = await widgets.get(name);
                const size = (read.spec.size + 1) % 100;
                const labels = { odd: String(size % 2 === 1) };
                const next = await widgets.update({
                  ...read,
                  metadata: { ...read.metadata, labels },
                  spec: { ...read.spec, size },
                });
                increments.set(next.metadata.uid, (increments.get(next.metadata.uid) ?? 0) + 1);
                acknowledge(next);
                return;
              }
              case 'update': {
                const patch = { spec: { parts: Math.trunc(highest) } };
                acknowledge(await widgets.patch(name, { type: 'merge', patch }));
                return;
              }
              case 'status':
                acknowledge(await widgets.updateStatus({ ...(await widgets.get(name)), status: { ready: highest } }));
                return;
              case 'delete': {
                const result = await widgets.delete(name);
                if (result.deleted) acknowledge(result.object, result.pendingFinalizers.length === 0);
                return;
              }
              case 'hold':
              case 'release': {
                const finalizers = action === 'hold' ? ['test.dev/hold'] : null;
                const object = await widgets.patch(name, { type: 'merge', patch: { metadata: { finalizers } } });
                acknowledge(object, object.metadata.deletionTimestamp !== undefined && finalizers === null);
                return;
              }
            }
          };
          await Promise.all(
            writers.map(async (steps) => {
              for (const { name, action, pause } of steps) {
                for (let turns = 0; turns < pause; turns++) await turn();
                await act(name, action).catch((error: unknown) => {
                  const refused =
                    isConflictError(error) ||
                    isNotFoundError(error) ||
                    /while the object is being deleted/.test(String(error));
                  if (!refused) throw error;
                });
              }
            }),
          );

          const { items, resourceVersion } = await widgets.list();
          expect(Number(resourceVersion)).toBeGreaterThanOrEqual(Math.max(0, ...acknowledged.keys()));
          for (const name of names) {
            const last = [...acknowledged].filter(([, state]) => state.name === name).sort(([x], [y]) => y - x)[0]?.[1];
            const found = items.find(({ metadata }) => metadata.name === name);
            expect(found?.spec.size).toBe(last?.size);
          }
          for (const { metadata, spec } of items) {
            // Applies put the size back to 1, so only objects that were never re-applied count every increment.
            expect(spec.size).toBeLessThanOrEqual(1 + (increments.get(metadata.uid) ?? 0));
          }
          const expected = (await widgets.list(selectors)).items.map(({ metadata, spec }) => [
            metadata.name,
            spec.size,
          ]);
          for (let turns = 0; turns < 500 && JSON.stringify([...view].sort()) !== JSON.stringify(expected); turns++)
            await turn();
          abort.abort();
          await watching;
          expect([...view].sort()).toEqual(expected);
        },
      ),
      { seed, numRuns: 25 },
    );
  });

  it('S7 of increments that were acknowledged, none is lost', async () => {
    await using test = await open();
    const widgets = test.registry.resource(Widget).namespace('default');
    await widgets.create(widget('a', { size: 0 }));
    const increment = async (): Promise<unknown> => {
      const read = await widgets.get('a');
      const next = { ...read, spec: { ...read.spec, size: read.spec.size + 1 } };
      return widgets.update(next).catch((error: unknown) => {
        if (isConflictError(error)) return increment();
        throw error;
      });
    };
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 5; round++) await increment();
      }),
    );
    expect((await widgets.get('a')).spec.size).toBe(40);
    expect((await widgets.get('a')).metadata.generation).toBe(41);
  });
});
