import { describe, expect, it } from 'vitest';

import { KnownObjects } from '../src/internal/known-objects.js';
import { widget, type Widget } from './helpers/widget.js';

/** What is known after a list of so many objects, none of them changed since. */
function knownObjects(count: number) {
  const events: string[] = [];
  const known = new KnownObjects<Widget>({
    objects: undefined,
    transform: undefined,
    emit: (event) => void events.push(`${event.type} ${event.key.name}`),
    onError: (error) => {
      throw error;
    },
  });
  const versions = Array.from({ length: count }, (_, n) => ({
    key: { namespace: 'default', name: `w${n}` },
    resourceVersion: String(n + 1),
    generation: 1,
  }));
  known.replace(versions, String(count), 'list', true);
  events.length = 0;
  return { known, versions, events };
}

describe('a comparison with a list', () => {
  it('offers chances to pause while it looks for what is gone among many that are not', () => {
    const { known, versions, events } = knownObjects(10_000);
    known.beginComparison().version = '10000';
    for (const version of versions.slice(0, -1)) known.compare(version, 'resync', false);
    const found = [...known.unmet()];
    expect(found.filter((text) => text !== undefined)).toEqual(['default/w9999']);
    expect(found.length).toBeGreaterThanOrEqual(100);
    expect(events).toEqual([]);
  });

  it('does not look for what is gone when all was met, also after changes meanwhile', () => {
    const { known, versions, events } = knownObjects(1000);
    known.beginComparison().version = '1000';
    for (const version of versions.slice(0, 500)) known.compare(version, 'resync', false);
    const object = (name: string, revision: number) => ({
      ...widget(name),
      metadata: {
        namespace: 'default',
        name,
        uid: name,
        resourceVersion: String(revision),
        generation: 1,
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
    });
    known.apply({ type: 'deleted', object: object('w0', 1001) });
    known.apply({ type: 'deleted', object: object('w999', 1002) });
    known.apply({ type: 'added', object: object('new', 1003) });
    for (const version of versions.slice(500)) known.compare(version, 'resync', false);
    expect([...known.unmet()]).toEqual([]);
    expect(known.size).toBe(999);
    expect(events).toEqual(['deleted w0', 'deleted w999', 'added new']);
  });

  it('finds what is gone, and gives its place to what comes next', () => {
    const { known, versions, events } = knownObjects(100);
    const comparison = known.beginComparison();
    comparison.version = '100';
    for (const version of versions.slice(1)) known.compare(version, 'resync', false);
    const gone = [...known.unmet()].filter((text) => text !== undefined);
    expect(gone).toEqual(['default/w0']);
    for (const text of gone) known.forgetUnmet(text, 'resync');
    known.completeComparison();
    known.endComparison(comparison);
    known.replace(
      [{ key: { name: 'new' }, resourceVersion: 'opaque', generation: 7 }, ...versions.slice(1)],
      '101',
      'relist',
      false,
    );
    expect(events).toEqual(['deleted w0', 'added new']);
    expect(known.size).toBe(100);
    expect(known.versionOf({ name: 'new' })).toEqual({ resourceVersion: 'opaque', generation: 7 });
    expect(known.versionOf({ namespace: 'default', name: 'w99' })).toEqual({ resourceVersion: '100', generation: 1 });
    expect(known.versionOf({ namespace: 'default', name: 'w0' })).toBe(undefined);
  });
});
