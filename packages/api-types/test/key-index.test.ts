import { KeyIndex, noSlot } from '@ecsm/api-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** A table beside the index that hands out slots as the queue's does: the last one given back first. */
class Slots {
  readonly free: number[] = [];
  used = 0;

  next(): number {
    return this.free.at(-1) ?? this.used;
  }

  take(): void {
    if (this.free.pop() === undefined) this.used++;
  }
}

describe('KeyIndex', () => {
  it('finds what a map finds, whatever the keys and the order', () => {
    const key = fc.oneof(
      fc.constantFrom('a', 'b', 'ab', 'ba', '', 'default/web', 'ä', '語'),
      fc.string({ maxLength: 3 }),
      fc.nat(3),
      fc.constantFrom(NaN, -0, 0.5, null),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 600 }), (steps) => {
        const index = new KeyIndex<string | number | null>();
        const model = new Map<string | number | null, number>();
        const slots = new Slots();
        for (const [adds, each] of steps) {
          expect(index.find(each)).toBe(model.get(each) ?? noSlot);
          const known = model.get(each);
          if (adds) {
            const offered = slots.next();
            expect(index.findOrAdd(each, offered)).toBe(known ?? offered);
            if (known === undefined) slots.take();
            model.set(each, known ?? offered);
          } else if (known !== undefined) {
            expect(Object.is(index.keyAt(known), each) || each === 0).toBe(true);
            index.remove(known);
            model.delete(each);
            slots.free.push(known);
          }
          expect(index.size).toBe(model.size);
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('finds every key among many that come and go, and starts small again', () => {
    const index = new KeyIndex();
    const slots = new Slots();
    const slotOf = new Map<string, number>();
    const add = (name: string): void => {
      const slot = index.findOrAdd(name, slots.next());
      slots.take();
      slotOf.set(name, slot);
    };
    const remove = (name: string): void => {
      const slot = slotOf.get(name)!;
      index.remove(slot);
      slots.free.push(slot);
      slotOf.delete(name);
    };
    for (let n = 0; n < 20_000; n++) add(`default/service-${n}`);
    for (let n = 0; n < 20_000; n += 2) remove(`default/service-${n}`);
    for (let n = 20_000; n < 50_000; n++) {
      add(`default/service-${n}`);
      remove(`default/service-${n}`);
    }
    expect([...slotOf].every(([name, slot]) => index.find(name) === slot)).toBe(true);
    expect(index.find('default/service-0')).toBe(noSlot);
    for (const name of [...slotOf.keys()]) remove(name);
    expect(index.size).toBe(0);
    index.reset();
    expect(index.findOrAdd('a', 0)).toBe(0);
    expect(index.find('a')).toBe(0);
  });
});
