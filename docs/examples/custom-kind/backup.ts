import { defineKind, type ApiObject } from '@ecsm/api-types';

/** A kind of one's own: what is to be copied where, and when that last worked. */
export interface Backup extends ApiObject {
  readonly spec: {
    /** Folder on the node. */
    readonly source: string;
    /** Hours between two copies. */
    readonly everyHours: number;
    /** Copies to keep. */
    readonly keep?: number;
    /** Run only after this one of the same namespace. */
    readonly after?: string;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly lastRun?: string;
  };
}

/** The definition is all that registry, informer, controllers and command line need to know. */
export const Backup = defineKind<Backup>({
  group: 'example.dev',
  version: 'v1',
  kind: 'Backup',
  shortNames: ['bk'],
  description: 'Copies a folder of a node now and then.',
  schema: {
    type: 'object',
    required: ['spec'],
    additionalProperties: false,
    properties: {
      spec: {
        type: 'object',
        required: ['source', 'everyHours', 'keep'],
        additionalProperties: false,
        properties: {
          source: { type: 'string', pattern: '^/' },
          everyHours: { type: 'integer', minimum: 1 },
          keep: { type: 'integer', minimum: 1 },
          after: { type: 'string' },
        },
      },
      status: {
        type: 'object',
        additionalProperties: false,
        properties: { observedGeneration: { type: 'integer' }, lastRun: { type: 'string' } },
      },
    },
  },
  subresources: { status: true },
  applyDefaults: (backup) => ({ ...backup, spec: { keep: 3, ...backup.spec } }),
  // A rule across objects. What it reads is pinned: it holds however many writers there are.
  validate: async ({ metadata, spec }, { read }) => {
    if (spec.after === undefined) return [];
    const before = await read({ name: spec.after });
    if (before === undefined) return [{ field: 'spec.after', value: spec.after, rule: 'must be a backup that exists' }];
    if (before.spec.after !== metadata.name) return [];
    return [{ field: 'spec.after', value: spec.after, rule: 'must not wait for a backup that waits for this one' }];
  },
  printerColumns: [
    { name: 'SOURCE', value: '.spec.source' },
    { name: 'LAST RUN', value: '.status.lastRun', format: 'age' },
  ],
});
