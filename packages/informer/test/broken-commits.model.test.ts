import { formatKey } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { Informer } from '@ecsm/informer';
import { MemoryListWatch } from '@ecsm/informer/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { key, Widget, widget } from './helpers/widget.js';

const change = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), size: fc.nat(3) });

/** Some changes in one revision, after which event the watch breaks off, and whether a bookmark follows. */
const commit = fc.record({
  changes: fc.uniqueArray(change, { selector: ({ name }) => name, minLength: 1 }),
  closeAfter: fc.integer({ min: 1, max: 8 }),
  bookmark: fc.boolean(),
  settle: fc.boolean(),
});

it.each([
  { name: 'decimal', formatVersion: String },
  { name: 'opaque', formatVersion: (revision: number) => `v${revision}` },
])(
  'I18 knows every object although watches break off in the midst of commits and nothing is compared: $name versions',
  async ({ formatVersion }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { maxLength: 20 }), async (commits) => {
        const clock = new ManualClock();
        const source = new MemoryListWatch(Widget, { formatVersion });
        await using informer = new Informer(source, { clock, random: () => 0.5, resyncPeriodMs: 0 });
        const seen = new Map<string, string>();
        informer.addHandler((event) => {
          if (event.type === 'deleted') seen.delete(formatKey(event.key));
          else seen.set(formatKey(event.key), event.version.resourceVersion);
        });
        source.put(widget('a'));
        informer.start();
        for (const { changes, closeAfter, bookmark, settle } of commits) {
          source.closeWatchesAfter(closeAfter);
          source.commit(() => {
            for (const { name, size } of changes) {
              if (size === 0) source.remove(key(name));
              else source.put(widget(name, size));
            }
          });
          if (bookmark) source.bookmark();
          if (settle) await clock.advance(0);
        }
        await clock.advance(60_000);
        const expected = source.objects().map(({ metadata }) => [`default/${metadata.name}`, metadata.resourceVersion]);
        expect([...seen].sort()).toEqual(expected.sort());
        expect(informer.size).toBe(expected.length);
        expect(source.requestsOf('list')).toHaveLength(1);
      }),
      { seed: 20_261_121, numRuns: 200 },
    );
  },
);
