import { ExpiredError, formatKey } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { Informer, type InformerEvent } from '@ecsm/informer';
import { MemoryListWatch } from '@ecsm/informer/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { key, Widget, widget } from './helpers/widget.js';

/** What happens to the source, the connection or the clock; then time passes, or not. */
type Step =
  | { readonly type: 'put' | 'remove' | 'ownPut' | 'ownRemove'; readonly name: string; readonly size: number }
  | { readonly type: 'expire' | 'close' | 'bookmark' | 'silence' | 'hear' | 'expiredWatch' | 'settle' | 'newHandler' }
  | { readonly type: 'fail'; readonly verb: 'list' | 'listVersions' | 'watch' }
  | { readonly type: 'advance'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom('put', 'put', 'remove', 'ownPut', 'ownRemove'),
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      size: fc.nat(3),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('expire', 'close', 'bookmark', 'silence', 'hear', 'expiredWatch', 'settle', 'newHandler'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('fail'), verb: fc.constantFrom('list', 'listVersions', 'watch') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('advance'), ms: fc.constantFrom(1, 500, 5000, 60_000, 600_000) }),
  },
);

/** Follows the events of one handler and objects to every one that does not fit what was said before. */
class Reader {
  readonly versions = new Map<string, string>();
  readonly faults: string[] = [];
  readonly #isOrdered: boolean;

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  readonly read = (event: InformerEvent<Widget>): void => {
    const name = formatKey(event.key);
    const before = this.versions.get(name);
    const { resourceVersion } = event.version;
    switch (event.type) {
      case 'added':
        if (before !== undefined) this.faults.push(`added ${name}, which was known`);
        break;
      case 'modified':
        if (before !== event.previousVersion.resourceVersion) {
          this.faults.push(
            `modified ${name} from ${event.previousVersion.resourceVersion}, known was ${before ?? 'nothing'}`,
          );
        }
        if (this.#isOrdered && Number(resourceVersion) <= Number(before)) {
          this.faults.push(`modified ${name} from ${before ?? 'nothing'} back to ${resourceVersion}`);
        }
        break;
      case 'deleted':
        if (before === undefined) this.faults.push(`deleted ${name}, which was not known`);
        this.versions.delete(name);
        return;
      case 'sync':
        return;
    }
    this.versions.set(name, resourceVersion);
  };
}

const variants = [
  { name: 'versions only', options: {}, isOrdered: true },
  { name: 'versions only, lists without objects', options: { listObjects: false, pageSize: 1 }, isOrdered: true },
  { name: 'with object cache', options: { cache: true, pageSize: 2 }, isOrdered: true },
  { name: 'versions without order', options: {}, isOrdered: false },
  { name: 'versions without order, with object cache', options: { cache: true }, isOrdered: false },
];

it.each(variants)(
  'ends up knowing what the source has, and says only what makes sense on the way: $name',
  async ({ options, isOrdered }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        const clock = new ManualClock();
        const source = new MemoryListWatch(Widget, isOrdered ? {} : { formatVersion: (revision) => `v${revision}` });
        await using informer = new Informer(source, { clock, random: () => 0.5, ...options });
        const readers = [new Reader(isOrdered)];
        informer.addHandler(readers[0]!.read);
        source.put(widget('a'));
        informer.start();
        for (const step of steps) await take(step, { clock, source, informer, readers, isOrdered });
        source.isSilent = false;
        // The longest of what heals: backoff, the idle limit, the life of own writes, the comparison, several times.
        for (let n = 0; n < 8; n++) await clock.advance(600_000);
        const expected = source.objects();
        const expectedVersions = expected.map((item) => [
          `default/${item.metadata.name}`,
          item.metadata.resourceVersion,
        ]);
        for (const { faults, versions } of readers) {
          expect(faults).toEqual([]);
          expect([...versions].sort()).toEqual(expectedVersions.sort());
        }
        expect(informer.size).toBe(expected.length);
        if (informer.cache !== undefined) {
          const sizes = (items: readonly Widget[]): string[] =>
            items.map(({ metadata, spec }) => `${metadata.name} ${spec.size}`).sort();
          expect(sizes(informer.cache.list())).toEqual(sizes(expected));
        }
      }),
      { seed: 20_261_121, numRuns: 100 },
    );
  },
);

interface World {
  readonly clock: ManualClock;
  readonly source: MemoryListWatch<Widget>;
  readonly informer: Informer<Widget>;
  readonly readers: Reader[];
  readonly isOrdered: boolean;
}

async function take(step: Step, { clock, source, informer, readers, isOrdered }: World): Promise<void> {
  switch (step.type) {
    case 'put':
      source.put(widget(step.name, step.size));
      break;
    case 'remove':
      source.remove(key(step.name));
      break;
    case 'ownPut':
      await informer.ownWrite(key(step.name), async () => {
        const stored = source.put(widget(step.name, step.size));
        if (step.size === 1) await clock.advance(0);
        return stored;
      });
      break;
    case 'ownRemove':
      await informer.ownWrite(key(step.name), async () => {
        source.remove(key(step.name));
        if (step.size === 1) await clock.advance(0);
        return undefined;
      });
      break;
    case 'expire':
      source.expire();
      break;
    case 'close':
      source.closeWatches();
      break;
    case 'bookmark':
      source.bookmark();
      break;
    case 'silence':
      source.isSilent = true;
      break;
    case 'hear':
      source.isSilent = false;
      break;
    case 'expiredWatch':
      source.failNext('watch', new ExpiredError({ message: 'too old' }));
      break;
    case 'newHandler': {
      const reader = new Reader(isOrdered);
      readers.push(reader);
      informer.addHandler(reader.read);
      break;
    }
    case 'fail':
      source.failNext(step.verb, new Error('connection refused'));
      break;
    case 'settle':
      await clock.advance(0);
      break;
    case 'advance':
      await clock.advance(step.ms);
      break;
  }
}
