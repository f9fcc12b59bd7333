import { defineKind, type ApiObject } from '@ecsm/api-types';

/** An object of about 1.5 KB as JSON. */
export interface Sample extends ApiObject {
  readonly spec: Readonly<Record<string, string>>;
}

export const Sample = defineKind<Sample>({
  group: 'example.dev',
  version: 'v1',
  kind: 'Sample',
  schema: { type: 'object' },
});

/** A page of a list of versions as the text a server sends. */
export function versionText(first: number, count: number): string {
  const items = Array.from({ length: count }, (_, index) => ({
    key: { namespace: 'default', name: `sample-${first + index}` },
    uid: `00000000-0000-4000-8000-${String(first + index).padStart(12, '0')}`,
    resourceVersion: String(first + index + 1),
    generation: 1,
  }));
  return JSON.stringify(items);
}

/** A page of a list as the text a server sends. */
export function pageText(first: number, count: number): string {
  const items = Array.from({ length: count }, (_, index) => {
    const n = first + index;
    const spec = Object.fromEntries(
      Array.from({ length: 30 }, (_, field) => [`field${field}`, `value ${n} of ${field} and some more`]),
    );
    const metadata = {
      name: `sample-${n}`,
      namespace: 'default',
      uid: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      resourceVersion: String(n + 1),
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    };
    return { apiVersion: 'example.dev/v1', kind: 'Sample', metadata, spec };
  });
  return JSON.stringify(items);
}
