import fc from 'fast-check';
import { expect, it } from 'vitest';

import { IndexedHeap } from '../src/internal/indexed-heap.js';

it('always gives the lowest rank first, of equals the one added first, whatever was moved or removed', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('set' as const), id: fc.nat(20), rank: fc.nat(5) }),
    fc.record({ type: fc.constant('remove' as const), id: fc.nat(20) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const ranks = new Map<number, number>();
      const turns = new Map<number, number>();
      const heap = new IndexedHeap((id) => ranks.get(id) ?? 0);
      const expectedOrder = (): number[] =>
        [...ranks.keys()].sort((a, b) => ranks.get(a)! - ranks.get(b)! || turns.get(a)! - turns.get(b)!);
      steps.forEach((step, turn) => {
        if (step.type === 'remove') {
          if (ranks.has(step.id)) heap.remove(step.id);
          ranks.delete(step.id);
        } else {
          const isMember = ranks.has(step.id);
          ranks.set(step.id, step.rank);
          if (isMember) heap.update(step.id);
          else {
            turns.set(step.id, turn);
            heap.add(step.id);
          }
        }
        expect(heap.size).toBe(ranks.size);
        expect(heap.first).toBe(expectedOrder()[0] ?? -1);
      });
      const order = expectedOrder();
      for (const id of order) {
        expect(heap.first).toBe(id);
        heap.remove(id);
      }
      expect(heap.size).toBe(0);
    }),
    { seed: 3 },
  );
});
